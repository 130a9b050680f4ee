"""The playground's chat, with a worker on a model that says noise, and without one."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.edge.database.postgres import PostgresDatabase
from tests.clients.conftest import Call, Caller, refusal
from tests.fixtures.chat import ChatWorker
from tests.fixtures.listening import events
from tests.fixtures.workers import Face


def said(message: str, **fields: Any) -> Call:
    return "playground-chat", {"body": {"message": message, "seed": 5, "max_tokens": 16, **fields}}


@pytest.fixture
async def worker(no_workers: None, database: PostgresDatabase, chat_worker: ChatWorker) -> ChatWorker:
    """The one that the functions know."""
    del no_workers
    await database.call("register_worker", p_worker_type="chat", p_worker_id="one", p_url=chat_worker.url)
    return chat_worker


@pytest.mark.usefixtures("worker")
async def test_a_conversation_is_answered_and_goes_on(caller: Caller, owner: Any) -> None:
    """Both texts of a turn are in the table that the page reads."""
    first = caller.call(first=said("A harbour."))["first"]
    conversation = first["conversation_id"]
    second = caller.call(second=said("And now?", conversation_id=conversation, content_tier="sfw"))["second"]
    assert (first["success"], second["conversation_id"], second["content_tier"]) == (True, conversation, "sfw")
    assert first["metadata"]["response_time_ms"] >= first["generation_time"] * 1000 > 0
    rows = await owner.fetch("select content from messages where conversation_id = $1", UUID(conversation))
    assert {row["content"] for row in rows} == {"A harbour.", first["response"], "And now?", second["response"]}


@pytest.mark.usefixtures("worker")
async def test_a_stream_is_a_response_that_the_page_reads(caller: Caller) -> None:
    (_, start), *pieces, (name, end) = events(caller.call(stream=said("A harbour.", stream=True))["stream"])
    assert name == "done"
    assert "".join(piece["delta"] for _, piece in pieces) == end["response"]
    assert start["conversation_id"] == end["conversation_id"]


@pytest.mark.usefixtures("no_workers")
async def test_errors_have_their_status(caller: Caller) -> None:
    """The original answered every one of them with 500."""
    answers = caller.call(
        nobody=said("A harbour."),
        unknown=said("A harbour.", conversation_id=str(uuid4())),
        empty=said(" "),
    )
    assert {name: refusal(answer) for name, answer in answers.items()} == {
        "nobody": (503, "no_worker"),
        "unknown": (404, "not_found"),
        "empty": (400, "invalid_request"),
    }


@pytest.mark.usefixtures("no_workers")
async def test_no_wan_worker_is_told_what_was_said(caller: Caller, database: PostgresDatabase, face: Face) -> None:
    """F8"""
    await database.call("register_worker", p_worker_type="wan", p_worker_id="one", p_url=face.url)
    assert refusal(caller.call(chat=said("A harbour."))["chat"]) == (503, "no_worker")
    assert face.asked == 0
