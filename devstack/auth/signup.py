"""``POST /signup``: a new user, confirmed and signed in at once."""

import logging
from typing import Any, Final
from uuid import uuid4

import asyncpg
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse

from devstack.auth import passwords, sessions, users
from devstack.auth.context import Context, read_body
from devstack.auth.errors import AuthError

_log: Final = logging.getLogger(__name__)


class SignUp(BaseModel):
    email: str | None = None
    phone: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None


async def sign_up(request: Request) -> JSONResponse:
    """Answers a session. The project's triggers on ``auth.users`` run; one that raises undoes the sign-up."""
    wanted = await read_body(request, SignUp)
    if wanted.phone:
        raise AuthError(400, "phone_provider_disabled", "Phone signups are disabled")
    if not wanted.email:
        raise AuthError(422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled")
    if not wanted.password:
        raise AuthError(400, "validation_failed", "Signup requires a valid password")
    passwords.check_strength(wanted.password)
    email, user_id = users.valid_email(wanted.email), uuid4()
    encrypted = await passwords.encrypt(wanted.password)
    metadata = {
        **(wanted.data or {}),
        "sub": str(user_id),
        "email": email,
        "email_verified": False,
        "phone_verified": False,
    }
    confirmed = {
        "email_confirmed_at": users.now(),
        "raw_user_meta_data": {**metadata, "email_verified": True},
    }
    context = Context.of(request)
    async with context.pool.acquire() as connection:
        try:
            created = await users.create(connection, user_id, email, encrypted, metadata, confirmed)
        except asyncpg.PostgresError as error:
            _log.warning("the database refused a sign-up: %s", error)
            raise AuthError(500, "unexpected_failure", "Database error saving new user") from error
        if not created:
            raise AuthError(422, "user_already_exists", "User already registered")
        return JSONResponse(await sessions.begin(context, connection, user_id))
