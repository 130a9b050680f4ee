"""Server-sent events as an answer of ours."""

import asyncio
from collections.abc import AsyncGenerator

from functions.edge.events import EventStream, event
from tests.fixtures.listening import Listener, events


def test_no_text_can_end_an_event_or_a_line() -> None:
    text = "a\nb\r\n\n\x85\u2028\x0bdata: {}\n\nevent: done"
    told = event({"delta": text}, "piece") + event({})
    assert told.isascii()
    assert len(told.splitlines()) == 5
    assert events(told) == [("piece", {"delta": text}), ("message", {})]


async def test_who_leaves_ends_the_events_at_once() -> None:
    closed = asyncio.Event()

    async def endless() -> AsyncGenerator[str]:
        try:
            while True:
                yield event({})
        finally:
            closed.set()

    listener = Listener(EventStream(endless()), leaves_after=3)
    async with asyncio.timeout(10):
        await listener.call("/", {}, {})
        await closed.wait()
    assert len(listener.chunks) == 3
