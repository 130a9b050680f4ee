"""``plan_enhancement`` and what it remembers."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.database import Session
from tests.fixtures.lifecycle import Answer, Line
from tests.fixtures.limits import limits


@pytest.fixture
async def question(line: Line) -> AsyncIterator[dict[str, Any]]:
    """One that no other test asks."""
    yield {
        "prompt": f"a cat {uuid4()}",
        "target_model": "sdxl",
        "enhancer_model": "qwen_instruct",
        "job_type": "image",
        "use_case": "enhancement",
        "content_mode": "sfw",
        "quality": "fast",
    }
    await line.owner.execute("delete from enhancement_cache")


@pytest.fixture
async def worker(line: Line) -> AsyncIterator[str]:
    """The id of a chat worker whose model is called ``qwen``."""
    worker_id = f"test-{uuid4()}"
    await line.database.call(
        "register_worker",
        p_worker_type="chat",
        p_worker_id=worker_id,
        p_url="https://chat.workers.test",
        p_capabilities={"model": "qwen"},
    )
    yield worker_id
    await line.owner.execute("delete from workers where worker_id = $1", worker_id)


async def plan(
    line: Line, question: dict[str, Any], *, is_fresh: bool = False, asks: bool = False, **changes: Any
) -> Answer:
    return await line.database.call(
        "plan_enhancement",
        p_user_id=line.user_id,
        p_question=question | changes,
        p_is_fresh=is_fresh,
        p_asks_model=asks,
    )


async def remember(line: Line, question: dict[str, Any], prompt: str = "a fine cat", model: str = "qwen") -> None:
    key = (await plan(line, question))["question"]
    await line.database.call("remember_enhancement", p_question=key, p_model_used=model, p_prompt=prompt)


async def test_a_plan_holds_template_and_worker(line: Line, question: dict[str, Any], worker: str) -> None:
    answer = await plan(line, question)
    assert (answer["outcome"], answer["cached"]) == ("planned", None)
    assert (answer["template"]["target_model"], answer["template"]["content_mode"]) == ("sdxl", "sfw")
    assert answer["worker"]["worker_id"] == worker


@pytest.mark.usefixtures("worker")
async def test_who_asks_models_too_often_is_given_none(line: Line, question: dict[str, Any]) -> None:
    async with limits(line.owner, model_asks_per_minute=2):
        asked = [await plan(line, question, asks=True, prompt=str(number)) for number in range(3)]
        assert [answer["is_limited"] for answer in asked] == [False, False, True]
        assert [answer["worker"] is None for answer in asked] == [False, False, True]
        # What needs no model, and what is remembered, is no question to one.
        assert (await plan(line, question))["is_limited"] is False
        await remember(line, question)
        assert (await plan(line, question, asks=True))["cached"] is not None


async def test_what_a_model_wrote_is_found_again(line: Line, question: dict[str, Any]) -> None:
    await remember(line, question)
    cached = (await plan(line, question))["cached"]
    assert (cached["enhanced_prompt"], cached["model_used"]) == ("a fine cat", "qwen")


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": "another"},
        {"job_type": "video", "target_model": "wan"},
        {"quality": "high"},
        {"style": "cinematic"},
        {"language": "zh"},
        {"version": 2},
    ],
)
async def test_another_question_is_another(line: Line, question: dict[str, Any], changes: dict[str, Any]) -> None:
    await remember(line, question)
    assert (await plan(line, question, **changes))["cached"] is None


async def test_a_changed_template_asks_again(line: Line, question: dict[str, Any]) -> None:
    await remember(line, question)
    name = (await plan(line, question))["template"]["template_name"]
    change = "update prompt_templates set system_prompt = system_prompt || $2 where template_name = $1"
    await line.owner.execute(change, name, " ")
    assert (await plan(line, question))["cached"] is None


@pytest.mark.usefixtures("worker")
async def test_another_model_s_answer_does_not_count(line: Line, question: dict[str, Any]) -> None:
    await remember(line, question, model="another")
    assert (await plan(line, question))["cached"] is None
    await remember(line, question)
    assert (await plan(line, question))["cached"]["model_used"] == "qwen"


async def test_who_wants_a_fresh_one_gets_none_and_replaces_it(line: Line, question: dict[str, Any]) -> None:
    await remember(line, question)
    assert (await plan(line, question, is_fresh=True))["cached"] is None
    await remember(line, question, "a finer cat")
    assert (await plan(line, question))["cached"]["enhanced_prompt"] == "a finer cat"


async def test_after_a_day_it_is_forgotten(line: Line, question: dict[str, Any]) -> None:
    await remember(line, question)
    await line.owner.execute("update enhancement_cache set written_at = now() - interval '24 hours 1 second'")
    assert (await plan(line, question))["cached"] is None
    await line.database.call("housekeeping")
    assert await line.owner.fetchval("select count(*) from enhancement_cache") == 0


async def test_only_so_many_are_kept(line: Line, question: dict[str, Any]) -> None:
    for number in range(4):
        await remember(line, question | {"prompt": str(number)}, prompt=str(number))
    await line.owner.fetchval("select private.forget_enhancements(2)")
    rows = await line.owner.fetch("select enhanced_prompt from enhancement_cache order by written_at")
    assert [row["enhanced_prompt"] for row in rows] == ["2", "3"]


async def test_nobody_s_prompt_can_be_read_from_it(line: Line, question: dict[str, Any]) -> None:
    await remember(line, question)
    row = await line.owner.fetchval("select to_jsonb(c) from enhancement_cache c")
    assert question["prompt"] not in str(row)


async def test_clients_see_nothing_of_it(as_user: Session) -> None:
    """P6"""
    with pytest.raises(Exception, match="permission denied"):
        await as_user.fetch("select * from enhancement_cache")


async def test_sfw_is_never_answered_from_an_adult_template(line: Line, question: dict[str, Any]) -> None:
    """S21: where there is no template for everybody, there is none."""
    async with line.owner.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("delete from prompt_templates where content_mode = 'sfw'")
        answer = await connection.fetchval("select plan_enhancement(null, $1)", question)
        adult = await connection.fetchval("select plan_enhancement(null, $1)", question | {"content_mode": "nsfw"})
        await transaction.rollback()
    assert answer["template"] is None
    assert adult["template"]["content_mode"] == "nsfw"


async def test_adult_content_needs_a_verified_account(line: Line, question: dict[str, Any]) -> None:
    """S21: the client's word alone does not count."""
    assert await plan(line, question, content_mode="nsfw") == {"outcome": "adult_not_verified"}
    await line.owner.execute("update profiles set age_verified = true where id = $1", line.user_id)
    assert (await plan(line, question, content_mode="nsfw"))["outcome"] == "planned"


async def test_an_account_that_is_gone_gets_nothing(line: Line, question: dict[str, Any]) -> None:
    answer = await line.database.call("plan_enhancement", p_user_id=str(uuid4()), p_question=question)
    assert answer == {"outcome": "not_found"}
