"""Who calls. The modes of ``@supabase/server`` in Python, and two of our own: ``job`` (a queue or attempt token) and
``worker`` (the registration secret).

The bearer token speaks for the caller where there is one, else the ``apikey``. A bad credential is refused, never
treated as none: a good key beside it changes nothing. Legacy keys and ``sb_`` keys are accepted side by side, in
``apikey`` or as a bearer token (supabase-js sends both).
"""

import hmac
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request

from functions.edge.clients import Clients
from functions.edge.errors import ApiError
from shared.errors import ErrorCode
from shared.tokens import AttemptToken, InvalidToken, QueueToken

Mode = Literal["user", "admin", "secret", "job", "worker"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, by the mode that let them in."""

    mode: Mode
    user_id: UUID | None = None
    job_token: QueueToken | AttemptToken | None = None

    @property
    def user(self) -> UUID:
        assert self.user_id is not None
        return self.user_id


async def authenticate(request: Request, clients: Clients, *modes: Mode) -> Caller:
    """Raises ``ApiError``: 401 without a good credential of a kind that is allowed here, 403 where only admins may."""
    bearer = _bearer(request)
    api_key = request.headers.get("apikey")
    if api_key is not None and not _is_known_key(clients, api_key):
        raise ApiError(ErrorCode.UNAUTHENTICATED, "The API key is not one of this project.")
    credential = bearer or api_key
    if credential is None:
        raise ApiError(ErrorCode.UNAUTHENTICATED, "The request carries no credential.")

    if "secret" in modes and _is_service_key(clients, credential):
        return Caller("secret")
    if "worker" in modes and _is_worker_secret(clients, bearer):
        return Caller("worker")
    if bearer is None or _is_known_key(clients, bearer):
        raise ApiError(ErrorCode.UNAUTHENTICATED, f"This function needs {_named(modes)}, not an API key.")
    if "job" in modes:
        caller = _job_caller(clients, bearer)
        if caller is not None:
            return caller
    if "user" not in modes and "admin" not in modes:
        raise ApiError(ErrorCode.UNAUTHENTICATED, f"This function needs {_named(modes)}.")
    caller = await _user_caller(clients, bearer)
    return caller if "user" in modes else await require_admin(clients, caller)


_modes: dict[Any, tuple[Mode, ...]] = {}


def allow(*modes: Mode) -> Any:
    """A FastAPI dependency that answers the ``Caller``."""

    async def dependency(request: Request) -> Caller:
        return await authenticate(request, request.app.state.clients, *modes)

    checked: Callable[[Request], Awaitable[Caller]] = dependency
    _modes[checked] = modes
    return Depends(checked)


def modes_of(dependencies: Iterable[Any]) -> tuple[Mode, ...]:
    """Whom a route lets in that has these dependencies; empty where anybody may call."""
    return next((_modes[dependency] for dependency in dependencies if dependency in _modes), ())


UserCaller = Annotated[Caller, allow("user")]
AdminCaller = Annotated[Caller, allow("admin")]


def _bearer(request: Request) -> str | None:
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiError(ErrorCode.UNAUTHENTICATED, "The Authorization header is not a bearer token.")
    return token.strip()


def _is_known_key(clients: Clients, key: str) -> bool:
    settings = clients.settings
    publishable = (*settings.publishable_keys, *([settings.anon_key] if settings.anon_key else []))
    return _is_one_of(key, publishable) or _is_service_key(clients, key)


def _is_service_key(clients: Clients, key: str) -> bool:
    settings = clients.settings
    return _is_one_of(key, (*settings.secret_keys, *([settings.service_role_key] if settings.service_role_key else [])))


def _is_worker_secret(clients: Clients, bearer: str | None) -> bool:
    secret = clients.settings.worker_secret
    return bearer is not None and secret is not None and _is_one_of(bearer, (secret,))


def _is_one_of(key: str, known: tuple[str, ...]) -> bool:
    return any(hmac.compare_digest(key.encode(), other.encode()) for other in known)


def _job_caller(clients: Clients, token: str) -> Caller | None:
    try:
        return Caller("job", job_token=clients.tokens.read_queue_token(token))
    except InvalidToken:
        pass
    try:
        return Caller("job", job_token=clients.tokens.read_attempt_token(token))
    except InvalidToken:
        return None


async def _user_caller(clients: Clients, token: str) -> Caller:
    # 50 ms of a cold start that a claim or a health probe does without.
    import jwt

    try:
        header = jwt.get_unverified_header(token)
        algorithm = str(header.get("alg"))
        key: Any
        if algorithm in ("ES256", "RS256"):
            key = await clients.jwks.key(str(header.get("kid")))
        elif algorithm == "HS256":
            key = clients.settings.jwt_secret
        else:
            key = None
        if key is None:
            raise jwt.InvalidKeyError("no key of this project signed the token")
        claims = jwt.decode(
            token, key, algorithms=[algorithm], audience="authenticated", options={"require": ["exp", "sub"]}
        )
        if claims.get("role") != "authenticated":
            raise jwt.InvalidTokenError("not a user's token")
        return Caller("user", user_id=UUID(claims["sub"]))
    except jwt.ExpiredSignatureError:
        raise ApiError(ErrorCode.UNAUTHENTICATED, "The access token has expired.") from None
    except (jwt.PyJWTError, ValueError):
        raise ApiError(ErrorCode.UNAUTHENTICATED, "The access token is not valid.") from None


async def require_admin(clients: Clients, caller: Caller) -> Caller:
    """The user as an admin. Raises ``ApiError`` (403)."""
    answer = await clients.database.call("check_admin", p_user_id=caller.user)
    if answer["outcome"] != "admin":
        raise ApiError(ErrorCode.FORBIDDEN, "Only an admin may do this.")
    return Caller("admin", user_id=caller.user)


def _named(modes: tuple[Mode, ...]) -> str:
    names = {
        "user": "a signed-in user",
        "admin": "an admin",
        "secret": "a secret key",
        "job": "a job's token",
        "worker": "the workers' registration secret",
    }
    return " or ".join(names[mode] for mode in modes)
