"""Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), as an answer of ours."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Send


def event(data: dict[str, Any], name: str | None = None) -> str:
    """One event. JSON in ASCII: what else ends a line differs from reader to reader."""
    return (f"event: {name}\n" if name else "") + f"data: {json.dumps(data)}\n\n"


class EventStream(StreamingResponse):
    """``events`` is closed when it ends, and when the client goes away."""

    def __init__(self, events: AsyncGenerator[str]) -> None:
        # Proxies are asked not to wait for more.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events, media_type="text/event-stream", headers=headers)
        self._events = events

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self._events):
            await super().stream_response(send)
