"""Pass requests on to another local server, bytes as they come in both directions."""

from collections.abc import AsyncIterator
from typing import Final

import aiohttp
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from yarl import URL

# https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1, and what each hop counts anew.
_HOP_BY_HOP: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-authorization", "host"}
)
_CHUNK: Final = 64 * 1024


class Proxy:
    """An ASGI app. ``base`` is the upstream's URL; ``session`` is set by the gateway's lifespan."""

    def __init__(self, name: str, base: str, *, keeps_prefix: bool) -> None:
        self.name = name
        self.base = base
        self.keeps_prefix = keeps_prefix
        self.session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._forward(request)
        await response(scope, receive, send)

    async def _forward(self, request: Request) -> Response:
        assert self.session is not None
        path = request.scope["path"]
        if not self.keeps_prefix:
            path = path.removeprefix(request.scope["root_path"]) or "/"
        # Encoded already: PostgREST's filters must not be quoted a second time.
        url = f"{self.base}{path}"
        if request.url.query:
            url = f"{url}?{request.url.query}"
        headers = [(name, value) for name, value in request.headers.items() if name not in _HOP_BY_HOP]
        body = request.stream() if request.method not in ("GET", "HEAD", "OPTIONS") else None
        try:
            upstream = await self.session.request(
                request.method, URL(url, encoded=True), headers=headers, data=body, allow_redirects=False
            )
        except aiohttp.ClientError:
            return JSONResponse({"error": f"{self.name} cannot be reached", "message": f"{self.name} is down"}, 503)
        answer = StreamingResponse(_body(upstream), upstream.status)
        # The server in front of us writes its own date and name.
        answer.raw_headers = [
            (name.lower(), value)
            for name, value in upstream.raw_headers
            if name.lower().decode() not in {*_HOP_BY_HOP, "date", "server"}
        ]
        return answer


async def _body(upstream: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in upstream.content.iter_chunked(_CHUNK):
            yield chunk
    finally:
        upstream.release()
