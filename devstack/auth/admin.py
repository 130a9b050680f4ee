"""``/admin/users``: what the service role may do to any user.

Source: https://supabase.com/docs/reference/javascript/admin-api
"""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse

from devstack.auth import passwords, rows, users
from devstack.auth.callers import require_admin
from devstack.auth.context import Connection, Context, read_body
from devstack.auth.errors import AuthError

DEFAULT_PER_PAGE: Final = 50

_DURATION: Final = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h))+")
_DURATION_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class UserAttributes(BaseModel):
    id: UUID | None = None
    email: str | None = None
    password: str | None = None
    email_confirm: bool | None = None
    user_metadata: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None
    role: str | None = None
    ban_duration: str | None = None
    """``24h``, ``1h30m``, or ``none`` to lift a ban."""


class Deletion(BaseModel):
    should_soft_delete: bool = False


async def create_user(request: Request) -> JSONResponse:
    """The password may be missing; then nobody knows it. Not confirmed unless ``email_confirm`` says so."""
    require_admin(request)
    wanted = await read_body(request, UserAttributes)
    if not wanted.email:
        message = "Cannot create a user without either an email or phone"
        raise AuthError(400, "validation_failed", message)
    email, user_id = users.valid_email(wanted.email), wanted.id or uuid4()
    if wanted.password:
        passwords.check_strength(wanted.password)
    encrypted = await passwords.encrypt(wanted.password or secrets.token_urlsafe(32))
    metadata = wanted.user_metadata or {}
    columns = _columns(wanted, rows.EMAIL_PROVIDER, metadata)
    async with Context.of(request).pool.acquire() as connection:
        try:
            created = await users.create(connection, user_id, email, encrypted, metadata, columns)
        except asyncpg.PostgresError as error:
            raise AuthError(500, "unexpected_failure", "Database error creating new user") from error
        if not created:
            message = "A user with this email address has already been registered"
            raise AuthError(422, "email_exists", message)
        return JSONResponse(users.to_json(await rows.user_by_id(connection, user_id)))


async def list_users(request: Request) -> JSONResponse:
    require_admin(request)
    page, per_page = _number(request, "page", 1), _number(request, "per_page", DEFAULT_PER_PAGE)
    async with Context.of(request).pool.acquire() as connection:
        total = await rows.count_users(connection)
        found = await rows.users_page(connection, per_page, (page - 1) * per_page)
    last = -(-total // per_page)
    links = [("next", page + 1)] if page < last else []
    # The JavaScript client reads the first parameter of each link, so page has to come first.
    link = ", ".join(
        f'</admin/users?{urlencode({"page": number, "per_page": per_page})}>; rel="{rel}"'
        for rel, number in [*links, ("last", last)]
    )
    headers = {"X-Total-Count": str(total), "Link": link}
    return JSONResponse({"users": [users.to_json(user) for user in found], "aud": "authenticated"}, headers=headers)


async def get_user(request: Request) -> JSONResponse:
    require_admin(request)
    async with Context.of(request).pool.acquire() as connection:
        return JSONResponse(users.to_json(await _find(request, connection)))


async def update_user(request: Request) -> JSONResponse:
    require_admin(request)
    wanted = await read_body(request, UserAttributes)
    async with Context.of(request).pool.acquire() as connection:
        user = await _find(request, connection)
        columns = _columns(wanted, user["raw_app_meta_data"] or {}, user["raw_user_meta_data"] or {})
        if wanted.email:
            columns["email"] = users.valid_email(wanted.email)
        if wanted.password:
            passwords.check_strength(wanted.password)
            columns["encrypted_password"] = await passwords.encrypt(wanted.password)
        async with connection.transaction():
            await users.change(connection, user["id"], columns)
            if wanted.password:
                await rows.delete_sessions(connection, user["id"])
        return JSONResponse(users.to_json(await rows.user_by_id(connection, user["id"])))


async def delete_user(request: Request) -> JSONResponse:
    """A soft deletion keeps the row and its id, and frees the address."""
    require_admin(request)
    body = await request.body()
    deletion = await read_body(request, Deletion) if body else Deletion()
    async with Context.of(request).pool.acquire() as connection, connection.transaction():
        user = await _find(request, connection)
        try:
            if deletion.should_soft_delete:
                await _soft_delete(connection, user["id"])
            else:
                await rows.delete_user(connection, user["id"])
        except asyncpg.PostgresError as error:
            raise AuthError(500, "unexpected_failure", "Database error deleting user") from error
    return JSONResponse({})


async def _soft_delete(connection: Connection, user_id: UUID) -> None:
    await rows.delete_sessions(connection, user_id)
    await rows.delete_identities(connection, user_id)
    erased: dict[str, Any] = {
        "email": None,
        "phone": None,
        "encrypted_password": None,
        "raw_user_meta_data": {},
        "raw_app_meta_data": {},
    }
    await rows.update_user(connection, user_id, {**erased, "deleted_at": users.now()})


async def _find(request: Request, connection: Connection) -> rows.Row:
    try:
        user_id = UUID(request.path_params["user_id"])
    except ValueError:
        raise AuthError(404, "validation_failed", "user_id must be an UUID") from None
    user = await rows.user_by_id(connection, user_id)
    if user is None:
        raise AuthError(404, "user_not_found", "User not found")
    return user


def _columns(wanted: UserAttributes, app_metadata: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    """The columns to update, but for those that need more care; the metadata given are those before."""
    columns: dict[str, Any] = {}
    metadata = users.merged(metadata, wanted.user_metadata or {})
    if wanted.email_confirm:
        columns["email_confirmed_at"] = users.now()
        metadata["email_verified"] = True
    columns["raw_user_meta_data"] = metadata
    columns["raw_app_meta_data"] = users.merged(app_metadata, wanted.app_metadata or {})
    if wanted.role:
        columns["role"] = wanted.role
    if wanted.ban_duration:
        columns["banned_until"] = _banned_until(wanted.ban_duration)
    return columns


def _banned_until(duration: str) -> datetime | None:
    if duration == "none":
        return None
    try:
        if not _DURATION.fullmatch(duration):
            raise ValueError("no duration")
        seconds = sum(float(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(duration))
        return users.now() + timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        message = f'invalid format for ban duration: time: invalid duration "{duration}"'
        raise AuthError(400, "validation_failed", message) from None


def _number(request: Request, name: str, default: int) -> int:
    """A positive number out of the query; the JavaScript client sends an empty one for "not given"."""
    text = request.query_params.get(name) or str(default)
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= 1_000_000:
        raise AuthError(400, "validation_failed", f"Bad Pagination Parameters: {name} must be a positive number")
    return int(text)
