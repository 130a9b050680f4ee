"""The project's public signing keys, inline or fetched and cached.

https://supabase.com/docs/guides/auth/signing-keys: keys are cached at most 10 minutes, so a revoked one is forgotten.
"""

import asyncio
import json
import logging
import time
from typing import TYPE_CHECKING, Final

import httpx

from functions.edge.errors import ApiError
from shared.errors import ErrorCode

CACHE_SECONDS: Final = 600.0
REFETCH_SECONDS: Final = 30.0
"""With keys at hand the project is asked again at most this often: forged tokens cannot make us hammer it, and its
outage cannot slow every request down."""

if TYPE_CHECKING:
    import jwt

logger = logging.getLogger("functions.jwks")


def read_key_set(text: str | bytes) -> "dict[str, jwt.PyJWK]":
    """The keys of a JSON Web Key Set by id; a project with the legacy secret alone has none. Raises ``ValueError``."""
    import jwt

    try:
        keys = json.loads(text)["keys"]
        return {key.key_id: key for key in jwt.PyJWKSet(keys).keys if key.key_id} if keys else {}
    except (ValueError, TypeError, KeyError, jwt.PyJWTError):
        raise ValueError("not a JSON Web Key Set") from None


class Jwks:
    """``url`` is ``{project}/auth/v1/.well-known/jwks.json``; ``inline`` is the same document as JSON text."""

    def __init__(self, url: str, http: httpx.AsyncClient, inline: str | None = None) -> None:
        self._url = url
        self._http = http
        self._keys: dict[str, jwt.PyJWK] | None = None
        self._fetched_at = -float("inf")
        self._asked_at = -float("inf")
        self._is_inline = inline is not None
        self._lock = asyncio.Lock()
        if inline is not None:
            self._keys = read_key_set(inline)

    async def key(self, key_id: str) -> "jwt.PyJWK | None":
        """The key with that id, ``None`` if the project has none. Raises ``ApiError`` (503) when it cannot be asked."""
        if self._is_due(key_id):
            await self._ask()
        if self._keys is None:
            raise ApiError(ErrorCode.AUTH_UNAVAILABLE, "The signing keys cannot be read now.")
        return self._keys.get(key_id)

    def _is_due(self, key_id: str) -> bool:
        if self._is_inline:
            return False
        if self._keys is None:
            return True
        now = time.monotonic()
        is_wanting = key_id not in self._keys or now - self._fetched_at > CACHE_SECONDS
        return is_wanting and now - self._asked_at > REFETCH_SECONDS

    async def _ask(self) -> None:
        before = self._asked_at
        async with self._lock:
            # Whoever waited here has the answer of the one who asked.
            if self._asked_at != before:
                return
            try:
                response = await self._http.get(self._url)
                response.raise_for_status()
                self._keys = read_key_set(response.content)
                self._fetched_at = time.monotonic()
            except (httpx.HTTPError, ValueError) as error:
                logger.warning("the signing keys cannot be read: %s", type(error).__name__)
            self._asked_at = time.monotonic()
