// Watches a job and its assets over the original's channels: node realtime.mjs BODY
// The names, events and filters are those of useRealtimeWorkspace, useLibraryFirstWorkspace, useJobStatus and their like.
import { answerOf, must, say, signIn } from './client.mjs'

const client = await signIn()
const userId = must(await client.auth.getUser()).user.id
const seen = {}
const systems = {}
const waiting = []

function note(name, change) {
  seen[name].push({ event: change.eventType, table: change.table, new: change.new, old: change.old })
  for (const look of waiting) look()
}

function until(condition) {
  return new Promise((resolve) => {
    const look = () => condition() && resolve()
    waiting.push(look)
    look()
  })
}

async function subscribe(name, ...changes) {
  seen[name] = []
  let channel = client.channel(name).on('system', {}, (said) => (systems[name] = said))
  for (const change of changes) {
    channel = channel.on('postgres_changes', { schema: 'public', ...change }, (it) => note(name, it))
  }
  await new Promise((resolve, reject) => {
    channel.subscribe((status, error) => (status === 'SUBSCRIBED' ? resolve() : error && reject(error)))
  })
  return channel
}

const mine = `user_id=eq.${userId}`
const assetsOfMine = { table: 'workspace_assets', filter: mine }
await subscribe('workspace-assets-realtime', { event: 'INSERT', ...assetsOfMine }, { event: 'DELETE', ...assetsOfMine })
await subscribe('workspace-realtime', { event: 'INSERT', table: 'workspace_assets' })
await subscribe('jobs-realtime', { event: 'UPDATE', table: 'jobs' })
await subscribe('jobs', { event: '*', table: 'jobs', filter: mine })
await subscribe('library', { event: '*', table: 'user_library', filter: mine })
await subscribe('character-image-updates', {
  event: 'UPDATE',
  table: 'jobs',
  filter: 'metadata->>destination=eq.character_portrait',
})
await subscribe('worker-status-updates', { event: 'UPDATE', table: 'system_config' })
await subscribe('workspace_items', { event: '*', table: 'workspace_items', filter: mine })

const { jobId } = must(await client.functions.invoke('queue-job', { body: JSON.parse(process.argv[2]) }))
const ofJob = await subscribe('job-status-updates', { event: 'UPDATE', table: 'jobs', filter: `id=eq.${jobId}` })
await until(() => seen['job-status-updates'].some((change) => change.new.status === 'completed'))
await client.removeChannel(ofJob)
await until(() => seen['workspace-assets-realtime'].length === 1)

const [asset] = must(await client.from('workspace_assets').select('*').eq('job_id', jobId))
const act = async (body) => answerOf(await client.functions.invoke('workspace-actions', { body }))
const saved = await act({ action: 'save_to_library', assetId: asset.id })
must(await client.from('user_library').update({ is_favorite: true }).eq('id', saved.libraryAssetId))
await act({ action: 'discard_asset', assetId: asset.id })
await until(() => seen['workspace-assets-realtime'].length === 2 && seen.library.length === 2)

say({ jobId, assetId: asset.id, libraryAssetId: saved.libraryAssetId, seen, systems })
process.exit(0)
