"""The connections of a process to every HTTP server outside, under the official clients of each.

In place of httpx's own, which takes several times the CPU (``docs/decisions/0006-httpx-over-aiohttp.md``).
"""

from collections.abc import AsyncIterator
from typing import Final

import aiohttp
import httpx

KEEP_SECONDS: Final = 4.0
"""An idle connection is given up before servers do: many close it after 5 s, and a POST into that is lost."""
AS_IT_COMES: Final = "as_it_comes"
"""The request extension of an answer that is streamed; every other one is read whole, which is quicker."""


class AiohttpTransport(httpx.AsyncBaseTransport):
    """One pool for a process; whoever closes its client closes it for all."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        seconds = request.extensions["timeout"]
        timeout = aiohttp.ClientTimeout(connect=seconds["connect"], sock_read=seconds["read"])
        try:
            call = self._opened().request(
                request.method,
                str(request.url),
                headers=request.headers,
                data=await request.aread() or None,
                allow_redirects=False,
                timeout=timeout,
            )
            if request.extensions.get(AS_IT_COMES):
                answer = await call
                return httpx.Response(answer.status, headers=answer.raw_headers, stream=_Stream(answer, request))
            async with call as answer:
                content = await answer.read()
        except (TimeoutError, aiohttp.ClientError) as error:
            raise _as_httpx(error, request) from error
        return httpx.Response(answer.status, headers=answer.raw_headers, content=content)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        # By the first request: only then an event loop is running.
        if self._session is None:
            # A server that hangs fills its own share only.
            connector = aiohttp.TCPConnector(
                limit=0, limit_per_host=100, ssl=httpx.create_ssl_context(), keepalive_timeout=KEEP_SECONDS
            )
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        return self._session


class _Stream(httpx.AsyncByteStream):
    """The body of an answer as it comes. Closed before its end, it takes the connection with it: the server notices."""

    def __init__(self, answer: aiohttp.ClientResponse, request: httpx.Request) -> None:
        self._answer = answer
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._answer.content.iter_any():
                yield chunk
        except (TimeoutError, aiohttp.ClientError) as error:
            raise _as_httpx(error, self._request) from error

    async def aclose(self) -> None:
        self._answer.close()


def _as_httpx(error: TimeoutError | aiohttp.ClientError, request: httpx.Request) -> httpx.TransportError:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return httpx.ConnectTimeout("", request=request)
    if isinstance(error, TimeoutError):
        return httpx.ReadTimeout("", request=request)
    if isinstance(error, aiohttp.ClientConnectorError):
        return httpx.ConnectError(str(error), request=request)
    return httpx.RemoteProtocolError(str(error), request=request)
