"""A temporary replication slot over the publication. It ends with its connection, whoever ends that."""

import uuid
from typing import Final

import asyncpg

from devstack.realtime.pgoutput import Change, Decoder
from devstack.realtime.tables import PUBLICATION

# Names come back qualified and times in UTC, whatever the role is set to.
_SETTINGS: Final = {"search_path": "", "timezone": "UTC", "application_name": "realtime"}

_CHANGES: Final = f"""
    select data from pg_logical_slot_get_binary_changes(
        $1, null, null, 'proto_version', '1', 'publication_names', '{PUBLICATION}'
    )
"""


class Slot:
    """Changes since it was opened, each told once."""

    def __init__(self, connection: asyncpg.Connection, name: str) -> None:
        self.connection = connection
        self._name = name
        self._seen: object = None

    @classmethod
    async def open(cls, database_url: str) -> "Slot":
        """Waits for the transactions that are open now."""
        connection = await asyncpg.connect(database_url, server_settings=_SETTINGS)
        name = f"realtime_{uuid.uuid4().hex}"
        await connection.execute("select pg_create_logical_replication_slot($1, 'pgoutput', true)", name)
        return cls(connection, name)

    async def changes(self) -> list[Change]:
        written = await self.connection.fetchval("select pg_current_wal_flush_lsn()")
        if written == self._seen:
            return []
        rows = await self.connection.fetch(_CHANGES, self._name)
        self._seen = written
        return list(Decoder().changes(row["data"] for row in rows))

    async def close(self) -> None:
        await self.connection.close(timeout=5)

    def abandon(self) -> None:
        """After an error, when nothing more is to be said to the server."""
        self.connection.terminate()
