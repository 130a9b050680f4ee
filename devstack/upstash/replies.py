"""Replies of Valkey (RESP2, raw) as the REST protocol writes them."""

import base64
from typing import Any

from redis.exceptions import ResponseError

from devstack.upstash.commands import CommandError


def to_json(reply: Any, *, as_base64: bool) -> dict[str, Any]:
    """``{"result": …}`` or ``{"error": …}``."""
    if isinstance(reply, ResponseError | CommandError):
        return {"error": error_text(reply)}
    if not as_base64:
        return {"result": _as_text(reply)}
    # Clients take a plain "OK" for what it is, but only outside of arrays.
    return {"result": "OK" if reply == b"OK" else _as_base64(reply)}


def error_text(error: ResponseError | CommandError) -> str:
    """The whole text; the Redis client keeps its first word (``ERR``, ``NOPERM``, …) apart."""
    prefix = error.status_code if isinstance(error, ResponseError) else None
    return f"{prefix} {error}" if prefix else str(error)


def _as_text(reply: Any) -> Any:
    if isinstance(reply, bytes):
        return reply.decode(errors="replace")
    if isinstance(reply, list):
        return [_as_text(item) for item in reply]
    return error_text(reply) if isinstance(reply, ResponseError) else reply


def _as_base64(reply: Any) -> Any:
    if isinstance(reply, bytes):
        return base64.b64encode(reply).decode()
    if isinstance(reply, list):
        return [_as_base64(item) for item in reply]
    return _as_base64(error_text(reply).encode()) if isinstance(reply, ResponseError) else reply
