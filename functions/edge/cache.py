"""What a process keeps of the database's slow-changing rows, so that no request waits for them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final

from functions.edge.database import DatabaseError, DatabaseUnavailable

FRESH_SECONDS: Final = 60.0

logger = logging.getLogger("functions.cache")

Load = Callable[[], Awaitable[dict[str, Any]]]


@dataclass(slots=True)
class _Entry:
    answer: dict[str, Any]
    read_at: float


class Cache:
    """Answers of SQL functions by key. Only the first request for a key waits.

    An answer older than ``FRESH_SECONDS`` is given once more and read anew behind it; while the database is away, the
    last one is given on. Every process has its own: after a change, others follow within a minute.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: dict[Hashable, _Entry] = {}
        self._reading: dict[Hashable, asyncio.Task[dict[str, Any]]] = {}

    async def get(self, key: Hashable, load: Load) -> dict[str, Any]:
        """The answer under the key. Raises what ``load`` raises, if there has never been one."""
        entry = self._entries.get(key)
        if entry is None:
            return await asyncio.shield(self._read(key, load))
        if self._clock() - entry.read_at > FRESH_SECONDS:
            self._read(key, load).add_done_callback(_tell_failure)
        return entry.answer

    def put(self, key: Hashable, answer: dict[str, Any]) -> None:
        self._entries[key] = _Entry(answer, self._clock())

    def clear(self) -> None:
        """Forget everything: the next request for each key reads it."""
        self._entries.clear()
        self._reading.clear()

    async def aclose(self) -> None:
        """Stop what is being read."""
        readings = [*self._reading.values()]
        self.clear()
        for reading in readings:
            reading.cancel()
        await asyncio.gather(*readings, return_exceptions=True)

    def _read(self, key: Hashable, load: Load) -> asyncio.Task[dict[str, Any]]:
        """The one reading that is under way."""
        task = self._reading.get(key)
        if task is None or task.done():
            task = self._reading[key] = asyncio.create_task(self._load(key, load))
        return task

    async def _load(self, key: Hashable, load: Load) -> dict[str, Any]:
        task = asyncio.current_task()
        answer = await load()
        # Nothing that was read before a ``clear`` comes back after it.
        if self._reading.get(key) is task:
            self.put(key, answer)
        return answer


def _tell_failure(reading: asyncio.Task[dict[str, Any]]) -> None:
    if reading.cancelled():
        return
    error = reading.exception()
    if isinstance(error, DatabaseError | DatabaseUnavailable):
        logger.warning("an old answer is used on: %s", error)
    elif error is not None:
        logger.error("an old answer is used on", exc_info=error)
