"""Over an asyncpg pool: for functions that stay up. Session mode or a direct connection (port 5432).

https://magicstack.github.io/asyncpg/current/
"""

import asyncio
import json
from typing import Any, Final

import asyncpg

from functions.edge.database.protocol import DatabaseError, DatabaseUnavailable

CLOSE_SECONDS: Final = 5.0
"""How long a process that ends waits for calls under way."""

_UNAVAILABLE: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    # A connection that the server ended while nobody used it.
    asyncpg.InternalClientError,
)


class PostgresDatabase:
    """``Database`` over a pool that is opened by the first call, so a start needs no database."""

    def __init__(self, url: str, *, max_size: int = 10) -> None:
        self._url = url
        self._max_size = max_size
        self._pool: Any = None
        self._opening = asyncio.Lock()

    async def call(self, function: str, **arguments: Any) -> dict[str, Any]:
        named = ", ".join(f"{name} => ${position}" for position, name in enumerate(arguments, 1))
        try:
            pool = await self._open()
            answer = await pool.fetchval(f"select public.{function}({named})", *arguments.values())
        except _UNAVAILABLE as error:
            raise DatabaseUnavailable from error
        except asyncpg.PostgresError as error:
            # Its text and its traceback hold the failing row, and so a prompt.
            raise DatabaseError(function, error.sqlstate or "", str(error.args[0])) from None
        assert isinstance(answer, dict)
        return answer

    async def aclose(self) -> None:
        if self._pool is None:
            return
        try:
            await asyncio.wait_for(self._pool.close(), CLOSE_SECONDS)
        except TimeoutError:
            self._pool.terminate()

    async def _open(self) -> Any:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url,
                    min_size=0,
                    max_size=self._max_size,
                    init=speak_json,
                    reset=_keep,
                    command_timeout=10,
                    timeout=2,
                )
        return self._pool


async def _keep(_: Any) -> None:
    """One call of one function leaves nothing behind in a session, and asyncpg's own reset is another round trip."""


async def speak_json(connection: Any) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
