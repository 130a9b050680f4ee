// Serves one forwarder on a free port and prints the port; the Python test calls it.
import { createServer } from 'node:http'
import { forwardTo } from '../../../supabase/functions/_shared/forward.js'

const handle = forwardTo(process.argv[2])

const server = createServer(async (incoming, outgoing) => {
  const hasBody = incoming.method !== 'GET' && incoming.method !== 'HEAD'
  const answer = await handle(
    new Request(`http://edge${incoming.url}`, {
      method: incoming.method,
      headers: incoming.headers,
      ...(hasBody && { body: incoming, duplex: 'half' }),
    })
  )
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
  outgoing.end(Buffer.from(await answer.arrayBuffer()))
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
