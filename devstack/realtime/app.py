"""The websocket and what is refused beside it, without the ``/realtime/v1`` that the gateway takes off.

Source: https://supabase.com/docs/guides/realtime/protocol
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from devstack.keys import Keys
from devstack.realtime.feed import Feed
from devstack.realtime.frames import Protocol
from devstack.realtime.socket import Realtime, Socket


def create_app(*, database_url: str, keys: Keys) -> Starlette:
    """``database_url`` is ``supabase_admin``'s, as whom the hosted service connects."""
    realtime = Realtime(keys, Feed(database_url))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await realtime.feed.close()

    async def connect(websocket: WebSocket) -> None:
        key = websocket.query_params.get("apikey") or websocket.headers.get("apikey")
        role = keys.role_of(key) if key else None
        if role is None:
            message = "Invalid API key" if key else "No API key found in request"
            await websocket.send_denial_response(JSONResponse({"message": message}, 401))
            return
        protocol = Protocol(websocket.query_params.get("vsn", "1.0.0"))
        await websocket.accept()
        await Socket(realtime, websocket, protocol, keys.role_token(role)).serve()

    return Starlette(
        routes=[
            WebSocketRoute("/websocket", connect),
            Route("/api/broadcast{rest:path}", _no_broadcast, methods=["POST"]),
        ],
        lifespan=lifespan,
    )


async def _no_broadcast(_: Request) -> JSONResponse:
    return JSONResponse({"error": "Broadcasts over HTTP are not part of the local stack: join the channel"}, 501)
