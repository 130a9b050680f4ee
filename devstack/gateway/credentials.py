"""API keys at the gate: who may pass, and the JWT that the parts behind it understand.

https://supabase.com/docs/guides/api/api-keys: an ``sb_`` key is no JWT, so the gateway puts the role's JWT in its place
wherever a part behind it expects a bearer token.
"""

from collections.abc import Iterable
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from devstack.keys import Keys

# Asked without a key by every client: key discovery and probes.
_OPEN_PATHS: Final = ("/.well-known/jwks.json", "/health", "/settings")


class Credentials:
    """Wraps one part. ``needs_key`` is false for storage, whose signed and public URLs carry no key."""

    def __init__(self, app: ASGIApp, keys: Keys, *, needs_key: bool) -> None:
        self.app = app
        self.keys = keys
        self.needs_key = needs_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = MutableHeaders(raw=list(scope["headers"]))
        api_key = headers.get("apikey")
        bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
        refusal = self._refusal(api_key, scope["path"])
        if refusal is not None:
            await JSONResponse({"message": refusal}, 401)(scope, receive, send)
            return
        key = bearer or api_key or ""
        role = self.keys.role_of(key)
        if role is not None:
            headers["authorization"] = f"Bearer {self.keys.role_token(role)}"
        await self.app({**scope, "headers": headers.raw}, receive, send)

    def _refusal(self, api_key: str | None, path: str) -> str | None:
        if api_key is not None:
            return None if self.keys.role_of(api_key) else "Invalid API key"
        if self.needs_key and not _ends_with(path, _OPEN_PATHS):
            return "No API key found in request"
        return None


def _ends_with(path: str, endings: Iterable[str]) -> bool:
    return any(path.endswith(ending) for ending in endings)
