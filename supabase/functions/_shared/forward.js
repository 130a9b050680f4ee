// A hosted project's edge function that passes everything on to the Python service.
// `functionsUrl` is that service's base, ending in /functions/v1.
export function forwardTo(functionsUrl) {
  return async (request) => {
    const { pathname, search } = new URL(request.url)
    // Supabase gives a function its path with or without /functions/v1 in front.
    const target = functionsUrl.replace(/\/$/, '') + pathname.replace(/^\/functions\/v1/, '') + search
    const headers = new Headers(request.headers)
    headers.delete('host')
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
    const body = hasBody ? await request.arrayBuffer() : undefined
    try {
      const answer = await fetch(target, { method: request.method, headers, body, redirect: 'manual' })
      return new Response(answer.body, { status: answer.status, headers: answer.headers })
    } catch {
      const error = {
        success: false,
        error: 'The functions cannot be reached now.',
        code: 'functions_unavailable',
        retryable: true,
        request_id: crypto.randomUUID(),
      }
      return Response.json(error, { status: 503, headers: { 'Access-Control-Allow-Origin': '*', 'Retry-After': '5' } })
    }
  }
}
