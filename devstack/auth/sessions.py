"""Sessions: ``POST /token`` begins and renews them, ``POST /logout`` ends them.

Source: https://supabase.com/docs/guides/auth/sessions
"""

import time
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from devstack.auth import passwords, rows, users
from devstack.auth.callers import signed_in
from devstack.auth.context import Connection, Context, read_body
from devstack.auth.errors import AuthError

EXPIRY_SECONDS: Final = 3600


class PasswordGrant(BaseModel):
    email: str | None = None
    password: str = ""


class RefreshGrant(BaseModel):
    refresh_token: str | None = None


async def post_token(request: Request) -> JSONResponse:
    match request.query_params.get("grant_type"):
        case "password":
            return await _sign_in(request)
        case "refresh_token":
            return await _refresh(request)
        case _:
            raise AuthError(400, "invalid_credentials", "unsupported_grant_type")


async def post_logout(request: Request) -> Response:
    """``scope``: the user's sessions that end: all (``global``), this one (``local``), the ``others``."""
    scope = request.query_params.get("scope") or "global"
    if scope not in ("global", "local", "others"):
        raise AuthError(400, "validation_failed", f'Unsupported logout scope "{scope}"')
    async with Context.of(request).pool.acquire() as connection:
        caller = await signed_in(request, connection)
        if scope == "local" and caller.session_id is not None:
            await rows.delete_session(connection, caller.session_id)
        else:
            keep = caller.session_id if scope == "others" else None
            await rows.delete_sessions(connection, caller.user["id"], keep)
    return Response(status_code=204)


async def begin(context: Context, connection: Connection, user_id: UUID) -> dict[str, Any]:
    """A new session of this user, as ``/token`` answers it."""
    async with connection.transaction():
        session_id = await rows.insert_session(connection, user_id)
        refresh_token = await rows.insert_refresh_token(connection, user_id, session_id, parent=None)
        await rows.update_user(connection, user_id, {"last_sign_in_at": users.now()})
    return await _reply(context, connection, user_id, session_id, refresh_token)


async def _sign_in(request: Request) -> JSONResponse:
    grant = await read_body(request, PasswordGrant)
    context = Context.of(request)
    if not grant.email:
        raise AuthError(400, "validation_failed", "missing email or phone")
    async with context.pool.acquire() as connection:
        user = await rows.user_by_email(connection, grant.email.lower())
        if user is None or not await passwords.matches(grant.password, user["encrypted_password"]):
            raise AuthError(400, "invalid_credentials", "Invalid login credentials")
        if _is_banned(user):
            raise AuthError(400, "user_banned", "User is banned")
        if user["email_confirmed_at"] is None:
            raise AuthError(400, "email_not_confirmed", "Email not confirmed")
        return JSONResponse(await begin(context, connection, user["id"]))


async def _refresh(request: Request) -> JSONResponse:
    grant = await read_body(request, RefreshGrant)
    if not grant.refresh_token:
        raise AuthError(400, "validation_failed", "refresh_token required")
    context = Context.of(request)
    async with context.pool.acquire() as connection:
        async with connection.transaction():
            token = await rows.lock_refresh_token(connection, grant.refresh_token)
            if token is None:
                message = "Invalid Refresh Token: Refresh Token Not Found"
                raise AuthError(400, "refresh_token_not_found", message)
            if _is_banned(await rows.user_by_id(connection, token["user_id"])):
                raise AuthError(400, "user_banned", "Invalid Refresh Token: User Banned")
            refresh_token = await _rotate(connection, token)
        # Only now: the revocation of a stolen family has to be committed.
        if refresh_token is None:
            raise AuthError(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
        reply = await _reply(context, connection, token["user_id"], token["session_id"], refresh_token)
        return JSONResponse(reply)


async def _rotate(connection: Connection, token: rows.Row) -> str | None:
    """The token that follows ``token``. ``None`` when it was used before: then its whole family is revoked.

    Two cases are forgiven, because a client may have lost the answer: the parent of the active token gets
    that one again, and any used token counts for a few seconds more.
    """
    session_id = token["session_id"]
    if token["revoked"]:
        active = await rows.active_refresh_token(connection, session_id)
        if active is not None and active["parent"] == token["token"]:
            active_token: str = active["token"]
            return active_token
        if token["is_stale"]:
            await rows.revoke_refresh_tokens(connection, session_id)
            return None
    await rows.revoke_refresh_token(connection, token["token"], session_id)
    return await rows.insert_refresh_token(connection, token["user_id"], session_id, parent=token["token"])


async def _reply(
    context: Context, connection: Connection, user_id: UUID, session_id: UUID, refresh_token: str
) -> dict[str, Any]:
    user = users.to_json(await rows.user_by_id(connection, user_id))
    session: rows.Row = await rows.session_by_id(connection, session_id)
    issued_at = int(time.time())
    claims = {
        "iss": context.issuer,
        "sub": user["id"],
        "aud": user["aud"],
        "exp": issued_at + EXPIRY_SECONDS,
        "iat": issued_at,
        "email": user["email"],
        "phone": user["phone"],
        "app_metadata": user["app_metadata"],
        "user_metadata": user["user_metadata"],
        "role": user["role"],
        "aal": session["aal"],
        "amr": [{"method": "password", "timestamp": int(session["created_at"].timestamp())}],
        "session_id": str(session_id),
        "is_anonymous": user["is_anonymous"],
    }
    return {
        "access_token": context.keys.sign(claims),
        "token_type": "bearer",
        "expires_in": EXPIRY_SECONDS,
        "expires_at": claims["exp"],
        "refresh_token": refresh_token,
        "user": user,
    }


def _is_banned(user: rows.Row) -> bool:
    return user["banned_until"] is not None and user["banned_until"] > users.now()
