"""Answers as they are said, over doubles of the database and of the worker."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from functions.edge.workers import WorkerFailed, WorkerTimeout
from functions.playground_chat.streaming import HELD_BACK
from tests.fixtures.conversations import begun, finished
from tests.fixtures.functions import Doubles
from tests.fixtures.listening import Listener, events
from tests.functions.playground_chat.test_handler import called, reply, say

PIECE = "word " * (HELD_BACK // 5)
"""As much as is shown at once."""


def answer_with(doubles: Doubles, *pieces: Any) -> None:
    doubles.database.will_answer("begin_turn", begun())
    doubles.database.will_answer("finish_turn", finished("".join(piece for piece in pieces if isinstance(piece, str))))
    doubles.workers.answers.append(list(pieces))


async def test_the_pieces_and_then_the_response_that_is_stored(doubles: Doubles) -> None:
    answer_with(doubles, PIECE, "and ", "so on", reply(f"{PIECE}and so on"))
    answer = await say(doubles, stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    (start, where), *pieces, (done, response) = events(answer.text)
    assert (start, done, len(pieces)) == ("start", "done", 2)
    assert "".join(piece["delta"] for _, piece in pieces) == f"{PIECE}and so on" == response["response"]
    assert where["message_id"] == response["message_id"] == str(called(doubles, "begin_turn")["p_message_id"])
    assert called(doubles, "finish_turn")["p_content"] == f"{PIECE}and so on"
    assert doubles.workers.closed == 1


async def test_an_answer_that_is_stored_is_streamed_again(doubles: Doubles) -> None:
    doubles.database.will_answer("begin_turn", finished("As before.", "answered"))
    (start, _), piece, (done, response) = events((await say(doubles, stream=True)).text)
    assert (start, piece, done) == ("start", ("message", {"delta": "As before."}), "done")
    assert response["response"] == "As before."
    assert doubles.workers.calls == []


@pytest.mark.parametrize(
    ("pieces", "status", "code"),
    [
        ([WorkerFailed("it answered 503")], 502, "worker_failed"),
        (["Hi", WorkerTimeout(45)], 504, "worker_timeout"),
        (["Here is explicit porn.", reply("Here is explicit porn.")], 422, "content_policy"),
    ],
    ids=["down", "slow", "explicit"],
)
async def test_what_fails_before_the_first_words_has_a_status(
    doubles: Doubles, pieces: list[Any], status: int, code: str
) -> None:
    answer_with(doubles, *pieces)
    answer = await say(doubles, stream=True)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "Your message is kept." in answer.json()["error"]
    assert doubles.workers.closed == 1
    assert [name for name, _ in doubles.database.calls] == ["begin_turn"]


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ([WorkerFailed("it broke off")], "worker_failed"),
        ([WorkerTimeout(45)], "worker_timeout"),
        (["and then explicit porn", reply(f"{PIECE}and then explicit porn")], "content_policy"),
    ],
    ids=["down", "slow", "explicit"],
)
async def test_what_fails_on_the_way_is_the_last_event_and_nothing_is_stored(
    doubles: Doubles, pieces: list[Any], code: str
) -> None:
    """Half an answer is none: the same message may be sent again."""
    answer_with(doubles, PIECE, *pieces)
    answer = await say(doubles, stream=True)
    _, shown, (name, error) = events(answer.text)
    assert (answer.status_code, shown) == (200, ("message", {"delta": PIECE}))
    assert (name, error["code"], error["success"]) == ("error", code, False)
    assert error["request_id"] == answer.headers["x-request-id"]
    assert "explicit" not in answer.text.replace("explicit_in_sfw", "").replace("Explicit", "")
    assert [name for name, _ in doubles.database.calls] == ["begin_turn"]
    assert doubles.workers.closed == 1


async def test_words_are_judged_with_all_before_them_ere_they_are_shown(doubles: Doubles) -> None:
    answer_with(doubles, f"{PIECE}a 12 year old girl", " who walks on ", PIECE, "having sex ", PIECE)
    answer = await say(doubles, stream=True)
    *_, (name, error) = events(answer.text)
    assert (name, error["details"].partition(";")[0]) == ("error", "reason: sexual_minors")
    assert "having" not in answer.text


class TestWhoLeaves:
    async def _leave(self, app: FastAPI, doubles: Doubles, after: int) -> Listener:
        listener = Listener(app, leaves_after=after)
        async with asyncio.timeout(10):
            await listener.call("/functions/v1/playground-chat", {"message": "Hi", "stream": True}, doubles.as_user)
            await doubles.clients.settle()
        return listener

    async def test_what_was_said_until_then_is_stored(self, doubled_app: FastAPI, doubles: Doubles) -> None:
        answer_with(doubles, *[PIECE] * 1000, reply(PIECE * 1000))
        await self._leave(doubled_app, doubles, after=3)
        stored = called(doubles, "finish_turn")
        assert stored["p_content"].startswith(PIECE)
        assert len(stored["p_content"]) < 100 * len(PIECE)
        assert stored["p_metadata"]["finish_reason"] == "cancelled"
        # P9: nobody was told what model it was.
        assert "model_used" not in stored["p_metadata"]
        assert doubles.workers.closed == 1

    async def test_where_nothing_was_said_nothing_is_stored(self, doubled_app: FastAPI, doubles: Doubles) -> None:
        answer_with(doubles, *[PIECE] * 1000, reply(PIECE * 1000))
        await self._leave(doubled_app, doubles, after=1)
        stored = [arguments for name, arguments in doubles.database.calls if name == "finish_turn"]
        assert all(PIECE in arguments["p_content"] for arguments in stored)

    async def test_a_database_that_is_gone_too_is_nobody_s_error(self, doubled_app: FastAPI, doubles: Doubles) -> None:
        from functions.edge.database import DatabaseUnavailable

        doubles.database.will_answer("begin_turn", begun())
        doubles.database.will_answer("finish_turn", DatabaseUnavailable())
        doubles.workers.answers.append([*[PIECE] * 1000, reply(PIECE * 1000)])
        listener = await self._leave(doubled_app, doubles, after=3)
        assert listener.status == 200


async def test_httpx_reads_the_same(doubles: Doubles) -> None:
    """As a client of Python's would."""
    answer_with(doubles, PIECE, reply(PIECE))
    request = doubles.http.build_request(
        "POST", "playground-chat", json={"message": "Hi", "stream": True}, headers=doubles.as_user
    )
    answer: httpx.Response = await doubles.http.send(request, stream=True)
    lines = [line async for line in answer.aiter_lines() if line.startswith("event: ")]
    assert lines == ["event: start", "event: done"]
