"""Who calls: the role and claims under which the database decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt

from devstack.keys import Keys
from devstack.storage import errors

ROLES: Final = frozenset({"anon", "authenticated", "service_role"})


@dataclass(frozen=True, slots=True)
class Caller:
    """One verified token."""

    role: str
    claims: Mapping[str, Any]

    @classmethod
    def from_header(cls, authorization: str | None, keys: Keys) -> "Caller":
        """Raises ``StorageError`` 403 where the token is missing, forged, expired or of no API role."""
        token = (authorization or "").removeprefix("Bearer ")
        try:
            claims = keys.verify(token)
        except jwt.InvalidTokenError as error:
            raise errors.unauthorized(str(error)) from error
        # A signed URL's token is signed with the same key, but names no role.
        if claims.get("role") not in ROLES:
            raise errors.unauthorized("The token names no role of the API")
        return cls(claims["role"], claims)

    @property
    def id(self) -> str | None:
        """The user, ``None`` for the API keys' own tokens."""
        return self.claims.get("sub")


SERVICE: Final = Caller("service_role", {"role": "service_role"})
"""Storage itself, past row-level security."""
