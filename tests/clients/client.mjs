// What the scripts share: the official client of the user that the environment names, and how results are told.
import { appendFileSync } from 'node:fs'
import { createClient } from '@supabase/supabase-js'
import ws from 'ws'

const { SUPABASE_URL, KEY, EMAIL, PASSWORD, PLAYED } = process.env
const FUNCTIONS = `${SUPABASE_URL}/functions/v1/`

export async function signIn() {
  const client = createClient(SUPABASE_URL, KEY, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: noted },
    realtime: { transport: ws }, // Node.js before 22 has no WebSocket of its own
  })
  must(await client.auth.signInWithPassword({ email: EMAIL, password: PASSWORD }))
  return client
}

// Its own fetch; the file PLAYED is told which functions answered well.
async function noted(input, init) {
  const response = await fetch(input, init)
  const url = String(input)
  if (response.ok && url.startsWith(FUNCTIONS)) {
    appendFileSync(PLAYED, `${new URL(url).pathname.slice('/functions/v1/'.length)}\n`)
  }
  return response
}

export function must({ data, error }) {
  if (error) throw error
  return data
}

// The answer of a function, or its error as the client can read it. A stream's is the text of it all.
export async function answerOf({ data, error }) {
  if (!error) return data instanceof Response ? data.text() : data
  return { name: error.name, status: error.context.status, ...(await error.context.json()) }
}

// The code of a table access or of Storage that was refused; null where it was not.
export function codeOf({ error }) {
  return error && (error.code ?? error.statusCode)
}

export const say = (value) => console.log(JSON.stringify(value))
