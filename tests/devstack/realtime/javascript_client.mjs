// Listens with the official JavaScript client: node javascript_client.mjs URL KEY TOKEN USER_ID VSN
// Says each change as it comes. At the first job "marker" the connection is cut, at the second the script ends.
import { createClient } from '@supabase/supabase-js'
import ws from 'ws'

const [url, key, token, userId, vsn] = process.argv.slice(2)
const client = createClient(url, key, {
  accessToken: async () => token,
  realtime: { transport: ws, vsn, reconnectAfterMs: () => 50 },
})
const say = (value) => console.log(JSON.stringify(value))

let isCut = false
let isDeaf = false
const own = { schema: 'public', filter: `user_id=eq.${userId}` }

function record(change) {
  if (isDeaf) return
  say({ table: change.table, event: change.eventType, new: change.new, old: change.old, errors: change.errors })
  if (change.new.original_prompt !== 'marker') return
  if (isCut) process.exit(0)
  isCut = isDeaf = true
  client.realtime.socketAdapter.getSocket().conn.terminate()
}

// A channel that is joined before the token is there listens as nobody.
await client.realtime.setAuth()
client.realtime.onHeartbeat((status) => status === 'ok' && say({ heartbeat: status }))
client
  .channel('everything')
  .on('postgres_changes', { event: 'INSERT', table: 'jobs', ...own }, record)
  .on('postgres_changes', { event: 'UPDATE', table: 'jobs', ...own }, record)
  .on('postgres_changes', { event: '*', table: 'workspace_assets', ...own }, record)
  .subscribe((status) => {
    if (status !== 'SUBSCRIBED') return
    isDeaf = false
    say({ status })
    client.realtime.sendHeartbeat()
  })
