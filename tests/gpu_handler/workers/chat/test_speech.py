"""Those who wait are answered together, a few may wait, and nobody is answered who does not listen."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gpu_handler.generators.chat.answers import Asking, Said
from gpu_handler.generators.chat.generator import ChatGenerator
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
        self.batches: list[int] = []
        self.stopped = 0
        self.at_once = 0
        self.most_at_once = 0

    def answer_together(self, askings: Sequence[Asking]) -> None:
        self.began += 1
        self.batches.append(len(askings))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        going_on = list(askings)
        while going_on:
            self.end.wait(0.005)
            for asking in tuple(going_on):
                asking.on_text("on ")
                if self.end.is_set() or asking.is_stopped():
                    going_on.remove(asking)
                    self.stopped += asking.is_stopped()
                    asking.on_end(Said("on", "stop", 0.1, 1, 1, 0, 5))
        self.at_once -= 1


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


async def first_of(*answers: asyncio.Task[httpx.Response]) -> httpx.Response:
    done, _ = await asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED)
    return done.pop().result()


async def test_who_comes_while_others_are_answered_waits_and_when_the_line_is_full_is_sent_away(
    endless: FastAPI, generator: EndlessGenerator, headers: dict[str, str]
) -> None:
    """C8: users' answers slowed each other down, and memory added up."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(endless), base_url="http://chat.test") as http:
        first = asyncio.create_task(http.post("/chat", json=BODY, headers=headers))
        await until(lambda: generator.began == 1)
        second, third = [asyncio.create_task(http.post("/chat", json=BODY, headers=headers)) for _ in range(2)]
        refused = await first_of(second, third)
        assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "queue_full", "5")
        generator.end.set()
        assert sorted([(await answer).status_code for answer in (first, second, third)]) == [200, 200, 503]
        assert (generator.batches, generator.most_at_once) == ([1, 1], 1)
        assert (await http.post("/chat", json=BODY, headers=headers)).status_code == 200


async def test_those_who_wait_are_answered_in_one_pass_of_the_model(
    settings: ChatSettings, chat_generator: ChatGenerator, headers: dict[str, str]
) -> None:
    """Eight wait for the one that is answered; a ninth for the next batch."""
    rows: list[int] = []
    model = chat_generator._model
    hook = model.register_forward_hook(
        lambda _module, _args, kwargs, _output: rows.append(len(kwargs["input_ids"])), with_kwargs=True
    )
    app = create_app(settings.model_copy(update={"chat_waiting": 9}), chat_generator)
    requests = [chat_request(f"Hello {place}", max_tokens=6) for place in range(10)]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chat.test") as http:
        bodies = [request.model_dump(mode="json", exclude_none=True) for request in requests]
        try:
            answers = await asyncio.gather(*(http.post("/chat", json=body, headers=headers) for body in bodies))
        finally:
            hook.remove()
    assert {answer.status_code for answer in answers} == {200}
    batches = [rows[start] for start in range(0, len(rows), 6)]
    assert rows == [size for size in batches for _ in range(6)]
    assert sum(batches) == 10
    assert max(batches) == 8
    assert len(batches) <= 3
    for request, answer in zip(requests, answers, strict=True):
        assert answer.json()["response"] == chat_generator.answer(request, lambda _: None, lambda: False).text


async def test_who_leaves_a_batch_leaves_the_others_in_it(
    endless: FastAPI, generator: EndlessGenerator, headers: dict[str, str]
) -> None:
    leaving, staying = Listener(endless), Listener(endless)
    calls = [asyncio.create_task(listener.call("/chat", BODY, headers)) for listener in (leaving, staying)]
    await until(lambda: generator.began == 1)
    leaving.gone.set()
    async with asyncio.timeout(10):
        await calls[0]
        assert (generator.batches, generator.stopped, generator.at_once) == ([2], 1, 1)
        generator.end.set()
        await calls[1]
    assert (leaving.status, staying.status) == (0, 200)


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
