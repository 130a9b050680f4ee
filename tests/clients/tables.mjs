// Reads and writes tables directly, as the original's components do: node tables.mjs JOB_ID
import { codeOf, must, say, signIn } from './client.mjs'

const client = await signIn()
const jobId = process.argv[2]
const userId = must(await client.auth.getUser()).user.id
const from = (table) => client.from(table)
const all = async (query) => must(await query)

const rows = {
  job: must(await from('jobs').select('*').eq('id', jobId).single()),
  jobsOfUser: await all(from('jobs').select('id, status, job_type, created_at').eq('user_id', userId)),
  completed: await all(from('jobs').select('id').eq('status', 'completed').order('created_at', { ascending: false })),
  assets: await all(
    from('workspace_assets').select('*').eq('user_id', userId).order('created_at', { ascending: false }).limit(200)
  ),
  library: await all(from('user_library').select('*').order('created_at', { ascending: false }).limit(100)),
  collections: await all(from('user_collections').select('*')),
  ledger: await all(from('usage_logs').select('action, credits_consumed')),
  roles: await all(from('user_roles').select('role').eq('user_id', userId)),
  profile: must(await from('profiles').select('*').eq('id', userId).single()),
}

const [asset] = rows.assets
const item = { user_id: userId, asset_type: 'image', mime_type: 'image/png', file_size_bytes: 1, original_prompt: 'x' }
const stored = { ...item, model_used: 'sdxl', storage_path: `${userId}/mine.png` }
const staged = { ...item, job_id: jobId, generation_seed: 1, model_used: 'sdxl', temp_storage_path: `${userId}/a.png` }

const refused = {
  cancelByHand: codeOf(await from('jobs').update({ status: 'cancelled' }).eq('id', jobId)),
  rateByHand: codeOf(await from('jobs').update({ quality_rating: 5, metadata: {} }).eq('id', jobId)),
  insertJob: codeOf(await from('jobs').insert({ user_id: userId, job_type: 'sdxl_image_fast' })),
  deleteJob: codeOf(await from('jobs').delete().eq('id', jobId)),
  insertAsset: codeOf(await from('workspace_assets').insert(staged)),
  moveAsset: codeOf(await from('workspace_assets').update({ temp_storage_path: 'x/y.png' }).eq('id', asset.id)),
  deleteAsset: codeOf(await from('workspace_assets').delete().eq('id', asset.id)),
  insertLibrary: codeOf(await from('user_library').insert(stored)),
  deleteLibrary: codeOf(await from('user_library').delete().eq('user_id', userId)),
  negativeUsage: codeOf(
    await from('usage_logs').insert({ user_id: userId, action: 'generation', credits_consumed: -1000 })
  ),
  ownBalance: codeOf(await from('profiles').update({ token_balance: 1000 }).eq('id', userId)),
  ownBirthDate: codeOf(await from('profiles').update({ birth_date: '1990-01-01' }).eq('id', userId)),
  becomeAdmin: codeOf(await from('user_roles').insert({ user_id: userId, role: 'admin' })),
  writeConfig: codeOf(await from('system_config').upsert({ id: 1, config: {} })),
  internalQueue: codeOf(await from('queues').select('*')),
  submitBySql: codeOf(await client.rpc('submit_job', { p_user_id: userId, p_job: {}, p_credits: 0 })),
  roleplayMetadata: codeOf(await from('user_library').update({ roleplay_metadata: {} }).eq('user_id', userId)),
  deadCall: codeOf(await client.rpc('create_workspace_session', { p_user_id: userId, p_session_name: 'mine' })),
}

const collection = must(await from('user_collections').insert({ user_id: userId, name: 'Mine' }).select().single())
const changed = {
  collection: collection.name,
  dismissed: must(
    await from('workspace_assets')
      .update({ generation_settings: { ...asset.generation_settings, workspace_dismissed: true } })
      .eq('id', asset.id)
      .select('generation_settings')
  ).map((row) => row.generation_settings.workspace_dismissed),
  library: must(
    await from('user_library')
      .update({ custom_title: 'A rose', tags: ['red'], is_favorite: true, collection_id: collection.id })
      .eq('user_id', userId)
      .select('custom_title, tags, is_favorite, user_collections(name)')
  ),
  username: must(await from('profiles').update({ username: `u${userId}` }).eq('id', userId).select('username')),
}

say({ rows, refused, changed })
