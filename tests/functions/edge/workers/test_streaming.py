"""A chat worker's answer as it is said, and what becomes of a worker that says something else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from devstack.ports import HOST, free_ports
from functions.edge.events import event
from functions.edge.transport import AiohttpTransport
from functions.edge.workers import HttpWorkers, MemoryWorkers, WorkerFailed, WorkerTimeout
from functions.edge.workers import streaming as module
from shared.tokens import WorkerTokens
from shared.worker_messages import ChatReply
from tests.fixtures.chat import chat_request

SECRET = "a worker secret of the tests, and of nothing else"
REQUEST = chat_request("Hello")
REPLY: dict[str, Any] = {
    "response": "Hi there",
    "model_used": "small",
    "generation_time": 0.5,
    "tokens_generated": 2,
    "finish_reason": "stop",
}
WHOLE = event({"delta": "Hi"}) + event({"delta": " there"}) + event(REPLY, "done")


class Face:
    """A worker's HTTP face that says what it is told to."""

    def __init__(self) -> None:
        self.url = ""
        self.head = b""
        self.body = b""
        self.gone = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.head = await reader.readuntil(b"\r\n\r\n")
        self.body = await reader.read(100_000)
        writer.write(self.said)
        if self.hangs:
            await reader.read()
            self.gone.set()
        writer.close()

    said = b""
    hangs = False

    def says(self, text: str, status: str = "200 OK", content_type: str = "text/event-stream; charset=utf-8") -> None:
        self.said = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nConnection: close\r\n\r\n{text}".encode()


@pytest.fixture
async def face() -> AsyncIterator[Face]:
    face = Face()
    server = await asyncio.start_server(face.serve, HOST, 0)
    face.url = f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
    yield face
    server.close()


@asynccontextmanager
async def calling() -> AsyncIterator[HttpWorkers]:
    """Through the process's own transport."""
    async with httpx.AsyncClient(transport=AiohttpTransport(), timeout=5) as http:
        yield HttpWorkers(http, WorkerTokens(SECRET))


async def listen(url: str, seconds: float = 5.0) -> list[str | ChatReply]:
    async with calling() as workers:
        return [piece async for piece in workers.stream_chat(url, REQUEST, seconds)]


async def failure(face: Face) -> str | None:
    with pytest.raises(WorkerFailed) as caught:
        await listen(face.url)
    return caught.value.details


async def test_the_pieces_come_first_and_then_the_whole(face: Face) -> None:
    face.says(WHOLE)
    *pieces, reply = await listen(face.url)
    assert pieces == ["Hi", " there"]
    assert reply == ChatReply.model_validate(REPLY)
    assert json.loads(face.body)["stream"] is True


async def test_it_shows_a_token_for_that_worker_alone(face: Face) -> None:
    """S4: no key of ours is offered to a URL."""
    face.says(WHOLE)
    await listen(face.url)
    token = face.head.decode().partition("Bearer ")[2].partition("\r\n")[0]
    WorkerTokens(SECRET).check_call(token, face.url)
    assert SECRET not in (face.head + face.body).decode()


async def test_a_piece_is_given_before_the_next_was_said(face: Face) -> None:
    face.says(event({"delta": "Hi"}))
    face.hangs = True
    async with calling() as workers, asyncio.timeout(10):
        pieces = workers.stream_chat(face.url, REQUEST, 5)
        assert await anext(pieces) == "Hi"
        await pieces.aclose()
        await face.gone.wait()


async def test_events_may_be_cut_anywhere(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = httpx.Response.aiter_bytes
    monkeypatch.setattr(httpx.Response, "aiter_bytes", lambda answer: whole(answer, 1))
    face.says('data: {"delta": "港"}\n\n' + event(REPLY | {"response": "港"}, "done"))
    assert (await listen(face.url))[0] == "港"


class TestFailures:
    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            ("", "it broke off"),
            (event({"delta": "Hi"}), "it broke off"),
            (event({"delta": "Hi"}) + event({"success": False, "error": "my secret"}, "error"), "it broke off"),
            ("nonsense\n\n", "its answer is not what was agreed"),
            ("data: {\n\n", "its answer is not what was agreed"),
            ('data: "Hi"\n\n', "its answer is not what was agreed"),
            (event({"delta": 7}), "its answer is not what was agreed"),
            (event({"delta": "a\0b"}), "its answer is not what was agreed"),
            ('data: {"delta": "\\ud800"}\n\n', "its answer is not what was agreed"),
            (event({"delta": "Hi"}, "surprise"), "its answer is not what was agreed"),
            (event({"response": "Hi"}, "done"), "its answer is not what was agreed"),
            (event({"delta": "Hi"}) + event(REPLY, "done"), "its answer is not what it said"),
        ],
    )
    async def test_a_worker_that_says_something_else_has_failed(self, face: Face, said: str, reason: str) -> None:
        """P9: nothing is told that it did not say."""
        face.says(said)
        assert await failure(face) == reason

    @pytest.mark.parametrize("status", ["401 Unauthorized", "503 Service Unavailable", "307 Temporary Redirect"])
    async def test_another_status_is_told(self, face: Face, status: str) -> None:
        face.says("{}", status=status)
        assert await failure(face) == f"it answered {status[:3]}"

    async def test_another_kind_of_answer_is_none(self, face: Face) -> None:
        face.says(WHOLE, content_type="text/html")
        assert await failure(face) == "its answer is not what was agreed"

    @pytest.mark.parametrize("said", [event({"delta": "x" * 60}) * 2, "x" * 200])
    async def test_one_that_does_not_end_is_left(self, face: Face, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MOST_BYTES", 100)
        face.says(said)
        face.hangs = True
        assert await failure(face) == "its answer is not what was agreed"

    @pytest.mark.parametrize("said", [None, event({"delta": "Hi"})], ids=["from the start", "on the way"])
    async def test_one_that_takes_too_long_is_a_timeout(self, face: Face, said: str | None) -> None:
        if said is not None:
            face.says(said)
        face.hangs = True
        with pytest.raises(WorkerTimeout, match=r"within 0\.2 s"):
            await listen(face.url, 0.2)
        await asyncio.wait_for(face.gone.wait(), 10)

    async def test_one_that_is_gone_cannot_be_reached(self) -> None:
        with pytest.raises(WorkerFailed) as caught:
            await listen(f"http://{HOST}:{free_ports(1)[0]}")
        assert caught.value.details == "it cannot be reached: ConnectError"


async def test_the_double_gives_what_was_written_down() -> None:
    workers = MemoryWorkers()
    reply = ChatReply.model_validate(REPLY)
    workers.answers.extend([["Hi", reply], ["Hi", WorkerTimeout(1)]])
    assert [piece async for piece in workers.stream_chat("http://chat.test", REQUEST, 1)] == ["Hi", reply]
    with pytest.raises(WorkerTimeout):
        [piece async for piece in workers.stream_chat("http://chat.test", REQUEST, 1)]
    assert workers.calls == [("stream_chat", "http://chat.test", REQUEST)] * 2
    assert workers.closed == 2
