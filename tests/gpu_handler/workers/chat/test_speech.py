"""One answer at a time, a few that wait, and none that nobody listens to."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gpu_handler.generators.chat import ChatGenerator, Said
from gpu_handler.workers.chat.app import create_app
from gpu_handler.workers.chat.settings import ChatSettings
from tests.fixtures.chat import chat_request
from tests.fixtures.listening import Listener, events

BODY = chat_request("Hello").model_dump(mode="json", exclude_none=True)


class EndlessGenerator:
    """A ``ChatGenerator`` that goes on until it is stopped or told to end."""

    variant = "endless"
    is_loaded = True

    def __init__(self) -> None:
        self.end = threading.Event()
        self.began = 0
        self.stopped = 0
        self.at_once = 0
        self.most_at_once = 0

    def answer(self, _: Any, on_text: Callable[[str], None], is_stopped: Callable[[], bool]) -> Said:
        self.began += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        while not self.end.is_set() and not is_stopped():
            on_text("on ")
            self.end.wait(0.005)
        self.stopped += is_stopped()
        self.at_once -= 1
        return Said("on", "stop", 0.1, 1, 1, 0, 5)


@pytest.fixture
def generator() -> EndlessGenerator:
    return EndlessGenerator()


@pytest.fixture
def endless(settings: ChatSettings, generator: EndlessGenerator) -> FastAPI:
    """One may wait."""
    app: Any = create_app(settings, generator)  # type: ignore[arg-type]
    return app


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not reached():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_one_answer_at_a_time_and_who_comes_when_the_line_is_full_is_sent_away(
    endless: FastAPI, generator: EndlessGenerator, headers: dict[str, str]
) -> None:
    """C8: users' answers slowed each other down, and memory added up."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(endless), base_url="http://chat.test") as http:
        first, second = [asyncio.create_task(http.post("/chat", json=BODY, headers=headers)) for _ in range(2)]
        await until(lambda: generator.began == 1)
        third = await http.post("/chat", json=BODY | {"stream": True}, headers=headers)
        assert (third.status_code, third.json()["code"], third.headers["retry-after"]) == (503, "queue_full", "5")
        generator.end.set()
        assert [(await answer).status_code for answer in (first, second)] == [200, 200]
        assert (generator.began, generator.most_at_once) == (2, 1)
        assert (await http.post("/chat", json=BODY, headers=headers)).status_code == 200


async def test_who_listens_no_more_is_not_answered_any_further(
    endless: FastAPI, generator: EndlessGenerator, headers: dict[str, str]
) -> None:
    listener = Listener(endless, leaves_after=3)
    async with asyncio.timeout(10):
        await listener.call("/chat", BODY | {"stream": True}, headers)
    await until(lambda: generator.stopped == 1)
    assert events(b"".join(listener.chunks).decode()) == [("message", {"delta": "on "})] * 3


async def test_who_waits_for_a_whole_answer_and_leaves_is_not_answered_any_further(
    endless: FastAPI, generator: EndlessGenerator, headers: dict[str, str]
) -> None:
    listener = Listener(endless)
    call = asyncio.create_task(listener.call("/chat", BODY, headers))
    await until(lambda: generator.began == 1)
    listener.gone.set()
    async with asyncio.timeout(10):
        await call
    assert (generator.stopped, listener.status) == (1, 0)


async def test_who_leaves_the_line_is_never_answered_and_gives_up_their_place(
    endless: FastAPI, generator: EndlessGenerator, headers: dict[str, str]
) -> None:
    served, waiting, next_one = [Listener(endless) for _ in range(3)]
    first = asyncio.create_task(served.call("/chat", BODY, headers))
    await until(lambda: generator.began == 1)
    second = asyncio.create_task(waiting.call("/chat", BODY | {"stream": True}, headers))
    await asyncio.sleep(0)
    waiting.gone.set()
    async with asyncio.timeout(10):
        await second
        third = asyncio.create_task(next_one.call("/chat", BODY, headers))
        generator.end.set()
        await asyncio.gather(first, third)
    assert (served.status, waiting.status, next_one.status, generator.began) == (200, 0, 200, 2)


async def test_a_server_that_stops_takes_the_answer_with_it(
    endless: FastAPI, generator: EndlessGenerator, headers: dict[str, str]
) -> None:
    """As uvicorn does when the grace after SIGTERM is over."""
    for stream in (True, False):
        call = asyncio.create_task(Listener(endless).call("/chat", BODY | {"stream": stream}, headers))
        began = generator.began + 1
        await until(lambda began=began: generator.began == began)  # type: ignore[misc]
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await until(lambda: generator.at_once == 0)
    assert generator.stopped == 2


async def test_the_real_model_answers_the_next_one_after_somebody_left(
    app: FastAPI, chat_generator: ChatGenerator, headers: dict[str, str]
) -> None:
    listener = Listener(app, leaves_after=2)
    long = chat_request("Hello", max_tokens=2000, temperature=0).model_dump(mode="json", exclude_none=True)
    async with asyncio.timeout(30):
        await listener.call("/chat", long | {"stream": True}, headers)
        next_one = Listener(app)
        await next_one.call("/chat", BODY, headers)
    assert next_one.status == 200
    assert chat_generator.is_loaded
