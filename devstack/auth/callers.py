"""Who calls: the bearer token of a request, and what it may do."""

import re
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import jwt
from starlette.requests import Request

from devstack.auth import rows
from devstack.auth.context import Connection, Context
from devstack.auth.errors import AuthError

_BEARER: Final = re.compile(r"[Bb]earer (\S+)")
_ADMIN_ROLES: Final = ("service_role", "supabase_admin")


@dataclass(frozen=True, slots=True)
class Caller:
    user: rows.Row
    session_id: UUID | None
    """``None`` for a token that was not issued here, such as one signed with the legacy secret."""


def claims_of(request: Request) -> dict[str, Any]:
    """The bearer token's verified claims. Raises ``AuthError``: 401 without a token, 403 for a bad one."""
    bearer = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if bearer is None:
        raise AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token")
    try:
        return Context.of(request).keys.verify(bearer[1])
    except jwt.InvalidTokenError as error:
        message = f"invalid JWT: unable to parse or verify signature, {error}"
        raise AuthError(403, "bad_jwt", message) from None


def require_admin(request: Request) -> None:
    if claims_of(request).get("role") not in _ADMIN_ROLES:
        raise AuthError(403, "not_admin", "User not allowed")


async def signed_in(request: Request, connection: Connection) -> Caller:
    """The user of the token. A valid signature is not enough: user and session have to exist still."""
    claims = claims_of(request)
    if not claims.get("sub"):
        raise AuthError(403, "bad_jwt", "invalid claim: missing sub claim")
    user = await rows.user_by_id(connection, _uuid(claims, "sub"))
    if user is None:
        raise AuthError(403, "user_not_found", "User from sub claim in JWT does not exist")
    session_id = _uuid(claims, "session_id") if claims.get("session_id") else None
    if session_id is not None and await rows.session_by_id(connection, session_id) is None:
        raise AuthError(403, "session_not_found", "Session from session_id claim in JWT does not exist")
    return Caller(user, session_id)


def _uuid(claims: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(claims[name])
    except (ValueError, AttributeError, TypeError):
        raise AuthError(403, "bad_jwt", f"invalid claim: {name} claim must be a UUID") from None
