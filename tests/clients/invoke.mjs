// Calls functions one after the other: node invoke.mjs CALLS, where CALLS is {name: [function, options of invoke]}.
import { answerOf, say, signIn } from './client.mjs'

const client = await signIn()
const answers = {}
for (const [name, [called, options]] of Object.entries(JSON.parse(process.argv[2]))) {
  answers[name] = await answerOf(await client.functions.invoke(called, options))
}
say(answers)
