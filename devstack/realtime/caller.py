"""Who listens: the role and claims that decide which rows a channel may see."""

import json
import time
from dataclasses import dataclass
from typing import Any, Final

import jwt

from devstack.keys import Keys

ROLES: Final = frozenset({"anon", "authenticated", "service_role"})


class TokenError(Exception):
    """The token is refused; ``code`` and message are worded as the hosted service does."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Caller:
    role: str
    claims: str
    """The token's claims as PostgreSQL's policies read them: JSON."""
    expires_at: float

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.expires_at - time.time())

    @classmethod
    def from_token(cls, token: str, keys: Keys) -> "Caller":
        """Raises ``TokenError``."""
        claims = _verified(token, keys)
        if not isinstance(claims.get("exp"), int) or claims.get("role") not in ROLES:
            raise TokenError("InvalidJWTToken", "Fields `role` and `exp` are required in JWT")
        return cls(claims["role"], json.dumps(claims), float(claims["exp"]))


def _verified(token: str, keys: Keys) -> dict[str, Any]:
    try:
        return keys.verify(token)
    except jwt.ExpiredSignatureError:
        raise TokenError("InvalidJWTToken", "Token has expired") from None
    except jwt.InvalidSignatureError:
        raise TokenError("JwtSignatureError", "Failed to validate JWT signature") from None
    except jwt.InvalidTokenError:
        raise TokenError("MalformedJWT", "The token provided is not a valid JWT") from None
