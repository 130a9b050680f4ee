import { forwardTo } from '../_shared/forward.js'

Deno.serve(forwardTo(Deno.env.get('FUNCTIONS_URL')!))
