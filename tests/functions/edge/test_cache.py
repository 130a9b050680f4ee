"""What a process keeps of the database's rows."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from functions.edge.cache import FRESH_SECONDS, Cache
from functions.edge.database import DatabaseUnavailable


class Source:
    """Answers 1, 2, 3, …, and fails while ``broken`` is set."""

    def __init__(self) -> None:
        self.asked = 0
        self.broken: Exception | None = None

    async def __call__(self) -> dict[str, Any]:
        self.asked += 1
        await asyncio.sleep(0)
        if self.broken is not None:
            raise self.broken
        return {"answer": self.asked}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(clock: Clock) -> Cache:
    return Cache(clock)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def get(cache: Cache, source: Source) -> Callable[[], Awaitable[int]]:
    async def answer() -> int:
        return int((await cache.get("key", source))["answer"])

    return answer


async def behind() -> None:
    """Let what was begun behind an answer end."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_minute_long_one_answer_is_given(get: Any, clock: Clock, source: Source) -> None:
    assert await get() == 1
    clock.now = FRESH_SECONDS
    assert await get() == 1
    assert source.asked == 1


async def test_an_old_answer_is_given_once_more_and_read_anew_behind_it(get: Any, clock: Clock) -> None:
    await get()
    clock.now = FRESH_SECONDS + 1
    assert await get() == 1
    await behind()
    assert await get() == 2


async def test_requests_at_once_make_one_reading(get: Any, source: Source) -> None:
    assert await asyncio.gather(*(get() for _ in range(5))) == [1] * 5
    assert source.asked == 1


async def test_a_first_reading_that_fails_is_told_and_the_next_one_tries_again(get: Any, source: Source) -> None:
    source.broken = DatabaseUnavailable()
    with pytest.raises(DatabaseUnavailable):
        await get()
    source.broken = None
    assert await get() == 2


async def test_while_the_database_is_away_the_last_answer_is_given_on(
    get: Any, clock: Clock, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    await get()
    clock.now = FRESH_SECONDS + 1
    source.broken = DatabaseUnavailable()
    with caplog.at_level(logging.WARNING, "functions.cache"):
        assert await get() == 1
        await behind()
        assert await get() == 1
        await behind()
    assert "an old answer is used on" in caplog.text


async def test_after_clear_the_answer_is_read_anew(get: Any, cache: Cache) -> None:
    await get()
    cache.clear()
    assert await get() == 2


async def test_what_was_being_read_before_clear_is_not_kept(get: Any, cache: Cache) -> None:
    reading = asyncio.create_task(get())
    await asyncio.sleep(0)
    cache.clear()
    assert await reading == 1
    assert await get() == 2


async def test_keys_are_apart(cache: Cache, source: Source) -> None:
    cache.put("other", {"answer": "put"})
    assert await cache.get("other", source) == {"answer": "put"}
    assert await cache.get("key", source) == {"answer": 1}


async def test_closing_stops_what_is_being_read(cache: Cache) -> None:
    async def never() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    waiting = asyncio.create_task(cache.get("key", never))
    await asyncio.sleep(0)
    await cache.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting
