"""The connections of a process to every HTTP server outside, under the official clients of each.

In place of httpx's own, which takes several times the CPU (``docs/decisions/0006-httpx-over-aiohttp.md``).
"""

from typing import Final

import aiohttp
import httpx

KEEP_SECONDS: Final = 4.0
"""An idle connection is given up before servers do: many close it after 5 s, and a POST into that is lost."""


class AiohttpTransport(httpx.AsyncBaseTransport):
    """One pool for a process; whoever closes its client closes it for all. Answers are read whole."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        seconds = request.extensions["timeout"]
        timeout = aiohttp.ClientTimeout(connect=seconds["connect"], sock_read=seconds["read"])
        try:
            async with self._opened().request(
                request.method,
                str(request.url),
                headers=request.headers,
                data=await request.aread() or None,
                allow_redirects=False,
                timeout=timeout,
            ) as answer:
                content = await answer.read()
        except aiohttp.ConnectionTimeoutError as error:
            raise httpx.ConnectTimeout("", request=request) from error
        except TimeoutError as error:
            raise httpx.ReadTimeout("", request=request) from error
        except aiohttp.ClientConnectorError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        except aiohttp.ClientError as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error
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
