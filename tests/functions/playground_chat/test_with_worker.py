"""Conversations over the stack with a worker that runs: real database, real HTTP, a model that says noise."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from devstack.ports import HOST, free_ports
from devstack.project import Project
from tests.fixtures.chat import ChatWorker
from tests.fixtures.functions import Edge
from tests.fixtures.listening import events
from tests.fixtures.users import User

ADULT = {"content_tier": "nsfw"}


async def register(edge: Edge, url: str) -> None:
    answer = await edge.clients.database.call(
        "register_worker", p_worker_type="chat", p_worker_id="chat-1", p_url=url, p_is_automatic=True
    )
    assert answer["outcome"] == "registered"


@pytest.fixture
async def worker(edge: Edge, chat_worker: ChatWorker, owner: Any) -> AsyncIterator[ChatWorker]:
    """The one that the functions know."""
    await owner.execute("delete from workers")
    await register(edge, chat_worker.url)
    yield chat_worker
    await owner.execute("delete from workers")


async def ask(
    edge: Edge, user: User, message: str, headers: dict[str, str] | None = None, **body: Any
) -> httpx.Response:
    numbers = {"seed": 5, "max_tokens": 16}
    return await edge.http.post(
        "playground-chat", json={"message": message, **numbers, **body}, headers={**user.headers, **(headers or {})}
    )


async def answered(edge: Edge, user: User, message: str, **body: Any) -> dict[str, Any]:
    answer = await ask(edge, user, message, **body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def stored(owner: Any, conversation_id: str) -> list[tuple[str, str]]:
    query = "select sender, content from messages where conversation_id = $1 order by turn, sender desc"
    return [(row["sender"], row["content"]) for row in await owner.fetch(query, UUID(conversation_id))]


@pytest.mark.usefixtures("worker")
async def test_a_conversation_grows_and_the_model_reads_all_of_it(edge: Edge, user: User, owner: Any) -> None:
    first = await answered(edge, user, "A harbour in the rain.")
    conversation = first["conversation_id"]
    second = await answered(edge, user, "And at night?", conversation_id=conversation)
    alone = await answered(edge, user, "And at night?")

    assert first["metadata"]["model_used"] == "qwen2_shapes"
    assert second["conversation_id"] == conversation != alone["conversation_id"]
    assert await stored(owner, conversation) == [
        ("user", "A harbour in the rain."),
        ("assistant", first["response"]),
        ("user", "And at night?"),
        ("assistant", second["response"]),
    ]
    # The same words and the same seed: what was said before makes the difference.
    assert second["response"] != alone["response"]
    said_before = 10 + first["metadata"]["tokens_generated"]
    assert second["metadata"]["prompt_tokens"] > alone["metadata"]["prompt_tokens"] + said_before


@pytest.mark.usefixtures("worker")
async def test_what_is_streamed_is_the_whole_answer_and_is_stored(edge: Edge, user: User, owner: Any) -> None:
    whole = await answered(edge, user, "A harbour in the rain.", max_tokens=200)
    answer = await ask(edge, user, "A harbour in the rain.", max_tokens=200, stream=True)
    (_, where), *pieces, (name, response) = events(answer.text)
    assert name == "done"
    assert "".join(piece["delta"] for _, piece in pieces) == response["response"] == whole["response"]
    assert (await stored(owner, where["conversation_id"]))[1] == ("assistant", whole["response"])
    told = ("model_used", "tokens_generated", "finish_reason", "prompt_tokens", "seed")
    assert [response["metadata"][key] for key in told] == [whole["metadata"][key] for key in told]


@pytest.mark.usefixtures("worker")
async def test_another_s_conversation_is_not_found(edge: Edge, user: User, other_user: User, owner: Any) -> None:
    """P6"""
    theirs = (await answered(edge, other_user, "Mine."))["conversation_id"]
    for conversation in (theirs, str(uuid4())):
        answer = await ask(edge, user, "And mine?", conversation_id=conversation)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert len(await stored(owner, theirs)) == 2


async def test_a_message_that_found_no_worker_is_kept_and_answered_when_it_is_sent_again(
    edge: Edge, user: User, owner: Any, chat_worker: ChatWorker
) -> None:
    """Q10: the same Idempotency-Key never says it twice."""
    key = {"Idempotency-Key": str(uuid4())}
    await owner.execute("delete from workers")
    nobody = await ask(edge, user, "A harbour.", key)
    await register(edge, f"http://{HOST}:{free_ports(1)[0]}")
    gone = await ask(edge, user, "A harbour.", key, stream=True)
    await register(edge, chat_worker.url)
    first, again = [(await ask(edge, user, "A harbour.", key)).json() for _ in range(2)]
    await owner.execute("delete from workers")

    assert [(answer.status_code, answer.json()["code"]) for answer in (nobody, gone)] == [
        (503, "no_worker"),
        (502, "worker_failed"),
    ]
    for answer in (nobody, gone):
        assert (
            f"conversation_id: {first['conversation_id']}; message_id: {first['message_id']}"
            in answer.json()["details"]
        )
    assert first == again
    assert await stored(owner, first["conversation_id"]) == [("user", "A harbour."), ("assistant", first["response"])]


@pytest.mark.usefixtures("worker")
async def test_nsfw_needs_a_verified_account(edge: Edge, user: User) -> None:
    """This deployment forbids it to everyone; the account's own check is SQL's."""
    answer = await ask(edge, user, "Hello", **ADULT)
    assert (answer.status_code, answer.json()["code"]) == (403, "adult_not_verified")


@pytest.mark.usefixtures("worker")
async def test_what_was_said_before_the_listener_left_is_stored(
    edge: Edge, user: User, owner: Any, project: Project, web: httpx.AsyncClient
) -> None:
    """Through the stack's own server and gateway."""
    body = {"message": "Tell me everything.", "stream": True, "seed": 3, "max_tokens": 2000}
    url = f"{project.url}/functions/v1/playground-chat"
    headers = {**user.headers, "apikey": project.keys.publishable_key}
    text = ""
    async with web.stream("POST", url, json=body, headers=headers) as answer:
        assert answer.status_code == 200
        async for chunk in answer.aiter_text():
            text += chunk
            if text.count("\n\n") > 2:
                break
    (_, where), *shown = events(text.rpartition("\n\n")[0])
    async with asyncio.timeout(20):
        while len(rows := await stored(owner, where["conversation_id"])) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    said = rows[1][1]
    assert said.startswith("".join(piece["delta"] for _, piece in shown))
    query = "select metadata ->> 'finish_reason' from messages where conversation_id = $1 and sender = 'assistant'"
    assert await owner.fetchval(query, UUID(where["conversation_id"])) == "cancelled"
    # The worker is free again.
    assert await answered(edge, user, "And now?", conversation_id=where["conversation_id"])
