// Submits each body that is handed in, as the original's components do: node queue_job.mjs BODIES
import { answerOf, say, signIn } from './client.mjs'

const client = await signIn()
const answers = {}
for (const [name, body] of Object.entries(JSON.parse(process.argv[2]))) {
  answers[name] = await answerOf(await client.functions.invoke('queue-job', { body }))
}
say(answers)
