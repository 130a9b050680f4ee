"""The project's public signing keys, inline or fetched and cached.

https://supabase.com/docs/guides/auth/signing-keys: keys are cached at most 10 minutes, so a revoked one is forgotten.
"""

import asyncio
import time
from typing import Any, Final

import httpx
import jwt

from functions.edge.errors import ApiError
from shared.errors import ErrorCode

CACHE_SECONDS: Final = 600.0
REFETCH_SECONDS: Final = 30.0
"""An unknown key id asks again at most this often, so forged tokens cannot make us hammer the project."""


class Jwks:
    """``url`` is ``{project}/auth/v1/.well-known/jwks.json``; ``inline`` is the same document as JSON text."""

    def __init__(self, url: str, http: httpx.AsyncClient, inline: str | None = None) -> None:
        self._url = url
        self._http = http
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = -float("inf")
        self._is_inline = inline is not None
        self._lock = asyncio.Lock()
        if inline is not None:
            self._keys = _by_id(jwt.PyJWKSet.from_json(inline))

    async def key(self, key_id: str) -> jwt.PyJWK | None:
        """The key with that id, ``None`` if the project has none. Raises ``ApiError`` (503) when it cannot be asked."""
        if not self._is_inline:
            age = time.monotonic() - self._fetched_at
            if age > CACHE_SECONDS or (key_id not in self._keys and age > REFETCH_SECONDS):
                await self._fetch()
        return self._keys.get(key_id)

    async def _fetch(self) -> None:
        before = self._fetched_at
        async with self._lock:
            if self._fetched_at != before:
                return
            try:
                response = await self._http.get(self._url)
                response.raise_for_status()
                document: dict[str, Any] = response.json()
                self._keys = _by_id(jwt.PyJWKSet.from_dict(document)) if document.get("keys") else {}
            except (httpx.HTTPError, ValueError, jwt.PyJWTError) as error:
                if self._keys:
                    return
                raise ApiError(ErrorCode.AUTH_UNAVAILABLE, "The signing keys cannot be read now.") from error
            self._fetched_at = time.monotonic()


def _by_id(key_set: jwt.PyJWKSet) -> dict[str, jwt.PyJWK]:
    return {key.key_id: key for key in key_set.keys if key.key_id}
