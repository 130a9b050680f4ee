"""Values as the real API writes them into JSON."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from starlette.responses import JSONResponse


def timestamp(moment: datetime) -> str:
    """``2026-01-31T08:00:00.000Z``: milliseconds, UTC."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    return timestamp(datetime.now(UTC))


def _encode(value: object) -> str:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)


class JsonResponse(JSONResponse):
    """JSON of rows just as the database gave them."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, default=_encode, separators=(",", ":")).encode()
