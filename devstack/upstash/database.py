"""Valkey as one ACL user sees it: commands in, raw RESP2 replies out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from redis.asyncio import BlockingConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ResponseError

from devstack.ports import HOST
from devstack.upstash.commands import Command

CONNECTIONS: Final = 32
TIMEOUT_SECONDS: Final = 5.0


class Database:
    """A pool of connections. Raises ``redis.RedisError`` or ``TimeoutError`` when Valkey does not answer.

    It works below ``redis.asyncio.Redis``, which would turn replies into Python objects and repeat commands.
    """

    def __init__(self, port: int, user: str, password: str) -> None:
        self._pool = BlockingConnectionPool(
            max_connections=CONNECTIONS,
            timeout=TIMEOUT_SECONDS,
            host=HOST,
            port=port,
            username=user,
            password=password,
            protocol=2,
            driver_info=None,
            # One limit over the whole exchange costs less than the client's own over every read and write.
            socket_timeout=None,
            socket_connect_timeout=TIMEOUT_SECONDS,
        )

    async def run(self, commands: list[Command]) -> list[Any]:
        """One reply a command, in order; a ``ResponseError`` is a reply."""
        async with self._connection() as connection:
            return await _exchange(connection, commands)

    async def run_transaction(self, commands: list[Command]) -> list[Any]:
        """The same between MULTI and EXEC. Raises ``ResponseError`` when nothing was run."""
        async with self._connection() as connection:
            # On its own, because without it the commands behind it would run one by one.
            [begun] = await _exchange(connection, [[b"MULTI"]])
            if isinstance(begun, ResponseError):
                raise begun
            *_, replies = await _exchange(connection, [*commands, [b"EXEC"]])
        if isinstance(replies, ResponseError):
            raise replies
        result: list[Any] = replies
        return result

    async def aclose(self) -> None:
        await self._pool.aclose()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AbstractConnection]:
        connection: AbstractConnection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                yield connection
        finally:
            await self._pool.release(connection)


async def _exchange(connection: AbstractConnection, commands: list[Command]) -> list[Any]:
    # When this fails halfway, the Redis client closes the connection, so no reply is left for the next one.
    await connection.send_packed_command(connection.pack_commands(commands))
    return [await _reply(connection) for _ in commands]


async def _reply(connection: AbstractConnection) -> Any:
    try:
        return await connection.read_response()
    except ResponseError as error:
        return error
