"""Users: how one comes to be, how it looks from outside, and ``/user``, where it reads and changes itself."""

import re
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse

from devstack.auth import passwords, rows
from devstack.auth.callers import signed_in
from devstack.auth.context import Connection, Context, read_body
from devstack.auth.errors import AuthError

# What a browser's <input type="email"> accepts (https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address).
_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL: Final = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*")


class UserChanges(BaseModel):
    email: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None


def valid_email(email: str) -> str:
    """The address in lower case, as it is stored. Raises ``AuthError`` 400 ``validation_failed``."""
    lowered = email.lower()
    if len(lowered) > 255 or not _EMAIL.fullmatch(lowered):
        raise AuthError(400, "validation_failed", "Unable to validate email address: invalid format")
    return lowered


def merged(old: dict[str, Any] | None, changes: dict[str, Any]) -> dict[str, Any]:
    """Metadata after an update: keys not named stay, keys set to null go."""
    return {key: value for key, value in {**(old or {}), **changes}.items() if value is not None}


async def create(
    connection: Connection,
    user_id: UUID,
    email: str,
    encrypted_password: str,
    metadata: dict[str, Any],
    attributes: dict[str, Any],
) -> bool:
    """Insert a user with its identity, then set ``attributes``: two steps, as triggers see it when hosted.

    False when the address is taken. Raises ``asyncpg.PostgresError`` when a trigger of the project raises.
    """
    identity = {"sub": str(user_id), "email": email, "email_verified": False, "phone_verified": False}
    async with connection.transaction():
        if not await rows.insert_user(connection, user_id, email, encrypted_password, metadata):
            return False
        await rows.insert_identity(connection, user_id, identity)
        await rows.update_user(connection, user_id, attributes)
    return True


def to_json(user: rows.Row) -> dict[str, Any]:
    """A user as every endpoint answers it; times that are not set are left out."""
    optional = {
        "email_confirmed_at": _time(user["email_confirmed_at"]),
        "confirmed_at": _time(user["email_confirmed_at"]),
        "invited_at": _time(user["invited_at"]),
        "last_sign_in_at": _time(user["last_sign_in_at"]),
        "banned_until": _time(user["banned_until"]),
        "deleted_at": _time(user["deleted_at"]),
    }
    return {
        "id": str(user["id"]),
        "aud": user["aud"],
        "role": user["role"],
        "email": user["email"] or "",
        "phone": user["phone"] or "",
        "app_metadata": user["raw_app_meta_data"] or {},
        "user_metadata": user["raw_user_meta_data"] or {},
        "identities": user["identities"],
        "created_at": _time(user["created_at"]),
        "updated_at": _time(user["updated_at"]),
        "is_anonymous": user["is_anonymous"],
        **{name: value for name, value in optional.items() if value is not None},
    }


async def get_user(request: Request) -> JSONResponse:
    async with Context.of(request).pool.acquire() as connection:
        return JSONResponse(to_json((await signed_in(request, connection)).user))


async def put_user(request: Request) -> JSONResponse:
    """A new address counts at once, as there is no mail. A new password ends all other sessions."""
    changes = await read_body(request, UserChanges)
    async with Context.of(request).pool.acquire() as connection:
        caller = await signed_in(request, connection)
        user = caller.user
        columns: dict[str, Any] = {}
        if changes.password:
            passwords.check_strength(changes.password)
            if await passwords.matches(changes.password, user["encrypted_password"]):
                raise AuthError(422, "same_password", "New password should be different from the old password.")
            columns["encrypted_password"] = await passwords.encrypt(changes.password)
        if changes.data is not None:
            columns["raw_user_meta_data"] = merged(user["raw_user_meta_data"], changes.data)
        if changes.email:
            columns["email"] = valid_email(changes.email)
        async with connection.transaction():
            await change(connection, user["id"], columns)
            if changes.password:
                await rows.delete_sessions(connection, user["id"], keep=caller.session_id)
        return JSONResponse(to_json(await rows.user_by_id(connection, user["id"])))


async def change(connection: Connection, user_id: UUID, columns: dict[str, Any]) -> None:
    """Update a user and, with its address, its identity. Raises ``AuthError`` 422 ``email_exists`` or 500."""
    try:
        await rows.update_user(connection, user_id, columns)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "users_email_key":
            raise AuthError(500, "unexpected_failure", "Error updating user") from error
        message = "A user with this email address has already been registered"
        raise AuthError(422, "email_exists", message) from None
    except asyncpg.PostgresError as error:
        raise AuthError(500, "unexpected_failure", "Error updating user") from error
    if "email" in columns:
        await rows.update_identity(connection, user_id, {"email": columns["email"]})


def now() -> datetime:
    return datetime.now(UTC)


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")
