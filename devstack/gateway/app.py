"""``/auth/v1``, ``/rest/v1``, ``/storage/v1``, ``/realtime/v1`` and ``/functions/v1`` on one port."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount
from starlette.types import ASGIApp

from devstack.auth.app import create_app as create_auth
from devstack.gateway.credentials import Credentials
from devstack.gateway.proxy import Proxy
from devstack.keys import Keys
from devstack.realtime.app import create_app as create_realtime
from devstack.storage.app import create_app as create_storage


def create_app(
    *,
    public_url: str,
    postgrest_url: str,
    functions_url: str,
    auth_database_url: str,
    storage_database_url: str,
    storage_folder: Path,
    realtime_database_url: str,
    keys: Keys,
) -> Starlette:
    """Auth, storage and realtime run in this process; PostgREST and the functions are servers of their own."""
    auth = create_auth(database_url=auth_database_url, keys=keys, public_url=public_url)
    storage = create_storage(database_url=storage_database_url, keys=keys, folder=storage_folder)
    realtime = create_realtime(database_url=realtime_database_url, keys=keys)
    rest = Proxy("PostgREST", postgrest_url, keeps_prefix=False)
    functions = Proxy("the functions", functions_url, keeps_prefix=True)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # A mounted app's own lifespan does not run by itself.
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(auth.router.lifespan_context(auth))
            await stack.enter_async_context(storage.router.lifespan_context(storage))
            await stack.enter_async_context(realtime.router.lifespan_context(realtime))
            session = aiohttp.ClientSession(
                auto_decompress=False, timeout=aiohttp.ClientTimeout(total=None, sock_connect=2)
            )
            rest.session = functions.session = await stack.enter_async_context(session)
            yield

    def gated(app: ASGIApp, *, needs_key: bool) -> ASGIApp:
        return _with_cors(Credentials(app, keys, needs_key=needs_key))

    return Starlette(
        routes=[
            Mount("/auth/v1", gated(auth, needs_key=True)),
            Mount("/rest/v1", gated(rest, needs_key=True)),
            Mount("/storage/v1", gated(storage, needs_key=False)),
            # A websocket brings its key in the query, where realtime itself looks.
            Mount("/realtime/v1", gated(realtime, needs_key=True)),
            # The functions check credentials and answer CORS themselves.
            Mount("/functions/v1", functions),
            Mount("/api", functions),
        ],
        lifespan=lifespan,
    )


def _with_cors(app: ASGIApp) -> ASGIApp:
    return CORSMiddleware(app, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"], expose_headers=["*"])
