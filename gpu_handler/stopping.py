"""Blocking work beside an event loop that hears signals and cancellations."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

_Result = TypeVar("_Result")

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def run_in_thread(run: Callable[[], _Result], stop: Callable[[], None]) -> _Result:
    """``run`` in a thread. A cancellation calls ``stop`` and waits for ``run`` to return before it goes on."""
    running = asyncio.ensure_future(asyncio.to_thread(run))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.to_thread(stop)
        await running
        raise


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """While inside, SIGTERM and SIGINT call ``stop`` in a thread, and then whatever handled them before.

    To be used in the main thread's event loop.
    """
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}

    def handle(number: int, frame: FrameType | None) -> None:
        # A signal may interrupt any line of the main thread, one that holds a lock too: only pass it on.
        loop.call_soon_threadsafe(loop.run_in_executor, None, stop)
        earlier = before[signal.Signals(number)]
        if callable(earlier):
            earlier(number, frame)

    for number in STOP_SIGNALS:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
