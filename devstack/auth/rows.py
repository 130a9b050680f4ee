"""All SQL of the local Auth."""

import json
import secrets
from typing import Any, Final
from uuid import UUID

from devstack.auth.context import Connection

EMAIL_PROVIDER: Final = {"provider": "email", "providers": ["email"]}
"""The app metadata every user begins with."""

REUSE_SECONDS: Final = 10
"""How long a used refresh token still answers (https://supabase.com/docs/guides/auth/sessions)."""

Row = Any
"""An ``asyncpg.Record``."""

_USER: Final = """
    select u.*, coalesce(
        (select jsonb_agg(jsonb_build_object(
             'identity_id', i.id, 'id', i.provider_id, 'user_id', i.user_id, 'identity_data', i.identity_data,
             'provider', i.provider, 'last_sign_in_at', i.last_sign_in_at, 'created_at', i.created_at,
             'updated_at', i.updated_at, 'email', i.email) order by i.created_at)
         from auth.identities i where i.user_id = u.id), '[]') as identities
    from auth.users u
"""


async def decode_json(connection: Connection) -> None:
    """The pool's ``init``: jsonb columns are Python values on both sides."""
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def user_by_id(connection: Connection, user_id: UUID) -> Row | None:
    return await connection.fetchrow(f"{_USER} where u.id = $1", user_id)


async def user_by_email(connection: Connection, email: str) -> Row | None:
    return await connection.fetchrow(f"{_USER} where u.email = $1", email)


async def users_page(connection: Connection, limit: int, offset: int) -> list[Row]:
    """Newest first."""
    rows: list[Row] = await connection.fetch(
        f"{_USER} order by u.created_at desc, u.id limit $1 offset $2", limit, offset
    )
    return rows


async def count_users(connection: Connection) -> int:
    count: int = await connection.fetchval("select count(*) from auth.users")
    return count


async def insert_user(
    connection: Connection, user_id: UUID, email: str, password: str, metadata: dict[str, Any]
) -> bool:
    """False when the e-mail address or the id is taken. ``password`` is the hash."""
    inserted = await connection.fetchval(
        """
        insert into auth.users (id, email, encrypted_password, raw_app_meta_data, raw_user_meta_data)
        values ($1, $2, $3, $4, $5) on conflict do nothing returning true
        """,
        user_id,
        email,
        password,
        EMAIL_PROVIDER,
        metadata,
    )
    return bool(inserted)


async def insert_identity(connection: Connection, user_id: UUID, data: dict[str, Any]) -> None:
    await connection.execute(
        """
        insert into auth.identities (user_id, provider_id, provider, identity_data, last_sign_in_at)
        values ($1, $2, 'email', $3, now())
        """,
        user_id,
        str(user_id),
        data,
    )


async def update_user(connection: Connection, user_id: UUID, columns: dict[str, Any]) -> None:
    """Set these columns, named by this program and never by a request."""
    assignments = "".join(f", {name} = ${number}" for number, name in enumerate(columns, start=2))
    await connection.execute(
        f"update auth.users set updated_at = now(){assignments} where id = $1", user_id, *columns.values()
    )


async def update_identity(connection: Connection, user_id: UUID, data: dict[str, Any]) -> None:
    """Merge into the e-mail identity's data."""
    await connection.execute(
        """
        update auth.identities set identity_data = identity_data || $2, updated_at = now()
        where user_id = $1 and provider = 'email'
        """,
        user_id,
        data,
    )


async def delete_user(connection: Connection, user_id: UUID) -> None:
    await connection.execute("delete from auth.users where id = $1", user_id)


async def delete_identities(connection: Connection, user_id: UUID) -> None:
    await connection.execute("delete from auth.identities where user_id = $1", user_id)


async def insert_session(connection: Connection, user_id: UUID) -> UUID:
    session_id: UUID = await connection.fetchval(
        "insert into auth.sessions (user_id) values ($1) returning id", user_id
    )
    return session_id


async def session_by_id(connection: Connection, session_id: UUID) -> Row | None:
    return await connection.fetchrow("select * from auth.sessions where id = $1", session_id)


async def delete_session(connection: Connection, session_id: UUID) -> None:
    await connection.execute("delete from auth.sessions where id = $1", session_id)


async def delete_sessions(connection: Connection, user_id: UUID, keep: UUID | None = None) -> None:
    """All sessions of the user but ``keep``; their refresh tokens go with them."""
    await connection.execute("delete from auth.sessions where user_id = $1 and id is distinct from $2", user_id, keep)


async def insert_refresh_token(connection: Connection, user_id: UUID, session_id: UUID, parent: str | None) -> str:
    token = secrets.token_urlsafe(16)
    await connection.execute(
        "insert into auth.refresh_tokens (token, user_id, session_id, parent) values ($1, $2, $3, $4)",
        token,
        str(user_id),
        session_id,
        parent,
    )
    return token


async def lock_refresh_token(connection: Connection, token: str) -> Row | None:
    """The token and its session, locked until the transaction ends. ``is_stale``: past the reuse interval."""
    return await connection.fetchrow(
        """
        select r.token, r.revoked, r.session_id, s.user_id,
               now() > r.updated_at + make_interval(secs => $2) as is_stale
        from auth.refresh_tokens r join auth.sessions s on s.id = r.session_id
        where r.token = $1 for update
        """,
        token,
        REUSE_SECONDS,
    )


async def active_refresh_token(connection: Connection, session_id: UUID) -> Row | None:
    return await connection.fetchrow(
        """
        select token, parent from auth.refresh_tokens
        where session_id = $1 and not revoked order by id desc limit 1
        """,
        session_id,
    )


async def revoke_refresh_token(connection: Connection, token: str, session_id: UUID) -> None:
    """Mark it as used, and its session as refreshed."""
    await connection.execute(
        "update auth.refresh_tokens set revoked = true, updated_at = now() where token = $1", token
    )
    await connection.execute(
        "update auth.sessions set refreshed_at = now() at time zone 'utc', updated_at = now() where id = $1",
        session_id,
    )


async def revoke_refresh_tokens(connection: Connection, session_id: UUID) -> None:
    await connection.execute(
        """
        update auth.refresh_tokens set revoked = true, updated_at = now()
        where session_id = $1 and not revoked
        """,
        session_id,
    )
