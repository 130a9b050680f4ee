"""What wraps every answer, errors included: CORS headers, a request id, a body limit, the last resort for crashes."""

import logging
import uuid
from collections.abc import Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.edge.errors import ApiError, error_response
from shared.errors import ErrorCode

BODY_LIMIT: Final = 1024 * 1024
"""Bytes, where nothing else is said."""

# The headers supabase-js sends: https://supabase.com/docs/guides/functions/cors
CORS_HEADERS: Final = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-allow-headers",
        b"authorization, x-client-info, apikey, content-type, idempotency-key, x-retry-count",
    ),
    (b"access-control-allow-methods", b"GET, POST, DELETE, OPTIONS"),
    (b"access-control-expose-headers", b"retry-after, x-request-id"),
    (b"access-control-max-age", b"86400"),
)

logger = logging.getLogger("functions")


class EdgeMiddleware:
    """Starlette's own CORS middleware leaves out answers to requests without an Origin, and those of crashes.

    ``body_limits``, by path, are those that differ from ``BODY_LIMIT``.
    """

    def __init__(self, app: ASGIApp, body_limits: Mapping[str, int]) -> None:
        self.app = app
        self._body_limits = body_limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = [*message.get("headers", []), *CORS_HEADERS, (b"x-request-id", request_id.encode())]
                message = {**message, "headers": headers}
            await send(message)

        if scope["method"] == "OPTIONS":
            await send_with_headers({"type": "http.response.start", "status": 200, "headers": []})
            await send_with_headers({"type": "http.response.body", "body": b"ok"})
            return
        limit = self._body_limits.get(scope["path"], BODY_LIMIT)
        try:
            await self.app(scope, _limited(receive, limit), send_with_headers)
        except ClientDisconnect:
            return
        except Exception:
            if started:
                raise
            logger.exception("request %s failed", request_id)
            error = ApiError(ErrorCode.INTERNAL, "Something went wrong on our side.")
            await error_response(error, request_id)(scope, receive, send_with_headers)


def _limited(receive: Receive, limit: int) -> Receive:
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            # FastAPI lets this one through; it answers any other exception of a body's reader as bad JSON.
            raise HTTPException(413, f"The body is larger than {limit // 1024**2} MB.")
        return message

    return receive_limited
