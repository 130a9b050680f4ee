"""Transactions under a caller's role, so that the project's own policies decide."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from devstack.storage.caller import Caller

MAX_CONNECTIONS: Final = 10

_BECOME: Final = """
    select set_config('role', $1, true),
        set_config('request.jwt.claims', $2, true),
        set_config('request.jwt.claim.role', $1, true),
        set_config('request.jwt.claim.sub', $3, true),
        set_config('storage.allow_delete_query', 'true', true)
"""


class Database:
    """A pool of ``supabase_storage_admin``'s connections."""

    def __init__(self, url: str) -> None:
        self._url = url

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        async with asyncpg.create_pool(self._url, min_size=1, max_size=MAX_CONNECTIONS, init=_read_json) as self._pool:
            yield

    @asynccontextmanager
    async def transaction(self, caller: Caller) -> AsyncIterator[asyncpg.Connection]:
        async with self._pool.acquire() as connection, connection.transaction():
            await _become(connection, caller)
            yield connection

    @asynccontextmanager
    async def rehearsal(self, caller: Caller) -> AsyncIterator[asyncpg.Connection]:
        """A transaction that is always rolled back: it asks what the caller may do by trying it."""
        async with self._pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                await _become(connection, caller)
                yield connection
            finally:
                await transaction.rollback()


async def _become(connection: asyncpg.Connection, caller: Caller) -> None:
    await connection.execute(_BECOME, caller.role, json.dumps(dict(caller.claims)), caller.id or "")


async def _read_json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
