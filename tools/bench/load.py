"""Requests at a fixed concurrency: so many connections, each with a new request as soon as the last is answered."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack

from tools.bench.connection import Connection
from tools.bench.figures import Round


async def load(url: str, requests: Iterable[bytes], concurrency: int) -> Round:
    """Send every request. Raises ``ValueError`` when one of them is not answered with 200."""
    waiting = iter(requests)
    async with AsyncExitStack() as stack:
        connections = [await stack.enter_async_context(Connection.open(url)) for _ in range(concurrency)]
        started = time.perf_counter()
        taken = await asyncio.gather(*(_drain(connection, waiting) for connection in connections))
        seconds = time.perf_counter() - started
    return Round(seconds, [each for one in taken for each in one])


async def _drain(connection: Connection, waiting: Iterator[bytes]) -> list[float]:
    taken = []
    for request in waiting:
        began = time.perf_counter()
        answer = await connection.send(request)
        taken.append(time.perf_counter() - began)
        if answer.status != 200:
            answer.json()
    return taken
