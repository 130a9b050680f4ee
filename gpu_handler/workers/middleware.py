"""What wraps every answer of a worker: a request id, a body limit, the last resort for crashes."""

import logging
import traceback
import uuid
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gpu_handler.workers.errors import Refused
from shared.errors import ErrorCode

BODY_LIMIT: Final = 1024 * 1024

_logger = logging.getLogger(__name__)


class WorkerMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message["headers"], (b"x-request-id", request_id.encode())]}
            await send(message)

        try:
            await self.app(scope, _limited(receive), send_with_id)
        except ClientDisconnect:
            return
        except Exception as error:
            _logger.error("Request %s failed:\n%s", request_id, without_words(error))
            if started:
                # For the server to cut the answer off; it logs what it gets.
                raise RuntimeError(f"request {request_id} failed") from None
            refused = Refused(ErrorCode.INTERNAL, "Something went wrong in the worker.")
            await refused.response(request_id)(scope, receive, send_with_id)


def without_words(error: BaseException) -> str:
    """The exception's kind and where it came from. Its text may hold what somebody said."""
    return "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__


def _limited(receive: Receive) -> Receive:
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > BODY_LIMIT:
            # FastAPI lets this one through; it answers any other exception of a body's reader as bad JSON.
            raise HTTPException(413)
        return message

    return receive_limited
