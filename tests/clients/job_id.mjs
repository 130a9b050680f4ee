// Submits each body, follows the job by the answer's `job_id` until it ends and opens its picture:
// node job_id.mjs BODIES
import { must, say, signIn } from './client.mjs'

const client = await signIn()
const seen = {}
for (const [name, body] of Object.entries(JSON.parse(process.argv[2]))) {
  const data = must(await client.functions.invoke('queue-job', { body }))
  let job
  do {
    job = must(await client.from('jobs').select('status').eq('id', data.job_id).single())
    await new Promise((resolve) => setTimeout(resolve, 100))
  } while (job.status === 'queued' || job.status === 'processing')
  const made = must(await client.functions.invoke('jobs', { body: { job_id: data.job_id } })).job
  const picture = await fetch(made.assets[0].url)
  seen[name] = { status: job.status, picture: [picture.status, picture.headers.get('content-type')], answer: data }
}
say(seen)
