"""The statements on ``storage.objects``, and the bucket an object needs."""

import uuid
from typing import Any, Final

import asyncpg

OBJECT: Final = """
    id, bucket_id, name, coalesce(owner::text, '') as owner, coalesce(owner_id, '') as owner_id,
    version, created_at, updated_at, last_accessed_at, metadata, user_metadata
"""

_INSERT: Final = """
    insert into storage.objects (bucket_id, name, owner, owner_id, version, metadata, user_metadata)
    values ($1, $2, $3, $4, $5, $6, $7)
"""

_ON_CONFLICT_UPDATE: Final = """
    on conflict (bucket_id, name) do update set
        owner = coalesce(excluded.owner, objects.owner),
        owner_id = coalesce(excluded.owner_id, objects.owner_id),
        version = excluded.version,
        metadata = excluded.metadata,
        user_metadata = excluded.user_metadata
"""


def as_uuid(owner_id: str | None) -> uuid.UUID | None:
    """The older column ``owner`` keeps only subjects that are UUIDs."""
    try:
        return uuid.UUID(owner_id)
    except (TypeError, ValueError):
        return None


async def find_bucket(connection: asyncpg.Connection, bucket: str) -> asyncpg.Record | None:
    return await connection.fetchrow(
        "select id, public, file_size_limit, allowed_mime_types from storage.buckets where id = $1", bucket
    )


async def find_object(connection: asyncpg.Connection, bucket: str, name: str) -> asyncpg.Record | None:
    return await connection.fetchrow(
        f"select {OBJECT} from storage.objects where bucket_id = $1 and name = $2", bucket, name
    )


async def all_names(connection: asyncpg.Connection, bucket: str) -> list[str]:
    rows = await connection.fetch("select name from storage.objects where bucket_id = $1", bucket)
    return [row["name"] for row in rows]


async def has_objects(connection: asyncpg.Connection, bucket: str) -> bool:
    exists: bool = await connection.fetchval("select exists (select from storage.objects where bucket_id = $1)", bucket)
    return exists


async def find_names(connection: asyncpg.Connection, bucket: str, names: list[str]) -> set[str]:
    """Those of the names that exist."""
    rows = await connection.fetch(
        "select name from storage.objects where bucket_id = $1 and name = any($2)", bucket, names
    )
    return {row["name"] for row in rows}


async def insert(connection: asyncpg.Connection, bucket: str, name: str, owner: str | None, version: str) -> None:
    """Needs an INSERT policy alone. Raises ``asyncpg.UniqueViolationError`` where the object exists."""
    await connection.execute(_INSERT, bucket, name, as_uuid(owner), owner, version, None, None)


async def upsert(
    connection: asyncpg.Connection,
    bucket: str,
    name: str,
    owner: str | None,
    version: str,
    metadata: dict[str, Any] | None = None,
    user_metadata: dict[str, Any] | None = None,
) -> asyncpg.Record:
    """Needs INSERT, SELECT and, where the object exists, UPDATE policies."""
    return await connection.fetchrow(
        f"{_INSERT} {_ON_CONFLICT_UPDATE} returning {OBJECT}",
        bucket,
        name,
        as_uuid(owner),
        owner,
        version,
        metadata,
        user_metadata,
    )


async def lock_version(connection: asyncpg.Connection, bucket: str, name: str) -> str | None:
    """Wait for other writers of this object, then tell its version, if it exists."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"{bucket}/{name}")
    version: str | None = await connection.fetchval(
        "select version from storage.objects where bucket_id = $1 and name = $2 for update", bucket, name
    )
    return version


async def move(
    connection: asyncpg.Connection,
    source: tuple[str, str],
    destination: tuple[str, str],
    owner: str | None,
    version: str,
) -> asyncpg.Record | None:
    """Needs SELECT and UPDATE policies; ``None`` where the caller sees or may change no such object."""
    return await connection.fetchrow(
        "update storage.objects set bucket_id = $3, name = $4, version = $5,"
        " owner = coalesce($6, owner), owner_id = coalesce($7, owner_id)"
        f" where bucket_id = $1 and name = $2 returning {OBJECT}",
        *source,
        *destination,
        version,
        as_uuid(owner),
        owner,
    )


async def delete(connection: asyncpg.Connection, bucket: str, names: list[str]) -> list[asyncpg.Record]:
    """Needs SELECT and DELETE policies; returns only what was deleted."""
    rows: list[asyncpg.Record] = await connection.fetch(
        f"delete from storage.objects where bucket_id = $1 and name = any($2) returning {OBJECT}", bucket, names
    )
    return rows
