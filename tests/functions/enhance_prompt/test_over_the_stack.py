"""enhance-prompt over the stack's database: what is remembered, and for whom."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from devstack.project import Project
from functions.app import create_app
from functions.edge.workers import MemoryWorkers
from shared.worker_messages import EnhanceReply
from tests.fixtures.functions import Edge, bearer, project_environment, started
from tests.fixtures.users import User


@pytest.fixture
async def workers(edge: Edge, owner: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MemoryWorkers]:
    """A chat worker, registered as any."""
    worker_id = f"test-{uuid4()}"
    await edge.clients.database.call(
        "register_worker", p_worker_type="chat", p_worker_id=worker_id, p_url="https://chat.workers.test"
    )
    workers = MemoryWorkers()
    monkeypatch.setattr(edge.clients, "workers", workers)
    yield workers
    await owner.execute("delete from workers where worker_id = $1", worker_id)
    await owner.execute("delete from enhancement_cache")


def will_say(workers: MemoryWorkers, *texts: str) -> None:
    told: Any = {"model_used": "qwen", "generation_time": 1, "tokens_generated": 9, "finish_reason": "stop"}
    workers.answers.extend(EnhanceReply(enhanced_prompt=text, **told) for text in texts)


async def ask(edge: Edge, user: User, **fields: Any) -> tuple[str, bool]:
    """The enhanced prompt, and whether it was remembered."""
    answer = await edge.http.post("enhance-prompt", json={"prompt": "a red cat", **fields}, headers=user.headers)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return body["enhanced_prompt"], body["enhancement_metadata"]["cache_hit"]


async def test_a_model_is_asked_once(edge: Edge, user: User, workers: MemoryWorkers) -> None:
    will_say(workers, "a red cat on a sofa")
    assert await ask(edge, user) == ("a red cat on a sofa", False)
    assert await ask(edge, user) == ("a red cat on a sofa", True)
    assert len(workers.calls) == 1


async def test_a_regeneration_is_remembered_in_place_of_it(edge: Edge, user: User, workers: MemoryWorkers) -> None:
    will_say(workers, "a red cat on a sofa", "a red cat in the grass")
    await ask(edge, user)
    assert await ask(edge, user, regeneration=True) == ("a red cat in the grass", False)
    assert await ask(edge, user) == ("a red cat in the grass", True)


async def test_another_style_is_another_question(edge: Edge, user: User, workers: MemoryWorkers) -> None:
    will_say(workers, "a red cat on a sofa", "a red cat, film still")
    await ask(edge, user)
    assert await ask(edge, user, enhancement_type="cinematic") == ("a red cat, film still", False)


async def test_what_rules_wrote_is_not_remembered(edge: Edge, user: User, owner: Any) -> None:
    first, again = [await ask(edge, user) for _ in range(2)]
    assert first == again == (first[0], False)
    assert await owner.fetchval("select count(*) from enhancement_cache") == 0


async def test_a_message_to_a_chat_model_has_a_template_of_its_own(
    edge: Edge, user: User, workers: MemoryWorkers
) -> None:
    will_say(workers, "Please tell me about red cats.")
    assert (await ask(edge, user, use_case="chat"))[0] == "Please tell me about red cats."
    ((_, _, request),) = workers.calls
    assert request is not None
    assert "Stable Diffusion" not in request.messages[0].content


async def test_the_service_may_ask(edge: Edge, project: Project) -> None:
    headers = bearer(project.keys.service_role_key)
    answer = await edge.http.post("enhance-prompt", json={"prompt": "a red cat"}, headers=headers)
    assert (answer.status_code, answer.json()["enhancement_source"]) == (200, "edge_function")


@pytest.mark.parametrize("database", ["postgres", "postgrest"])
async def test_adult_content_needs_an_account_that_was_verified(
    project: Project, user: User, owner: Any, database: str
) -> None:
    """S21"""
    variables = project_environment(project, database) | {"ADULT_CONTENT": "verified"}
    body = {"prompt": "a nude woman", "contentType": "nsfw"}
    async with started(create_app("enhance-prompt"), variables) as edge:
        refused = await edge.http.post("enhance-prompt", json=body, headers=user.headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "adult_not_verified")
        await owner.execute("update profiles set age_verified = true where id = $1", UUID(user.id))
        assert (await edge.http.post("enhance-prompt", json=body, headers=user.headers)).status_code == 200
