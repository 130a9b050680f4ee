"""``enhance_job`` and the hold of ``submit_job``: a prompt that is written after the job was accepted, once."""

from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.lifecycle import Answer, Line
from tests.fixtures.sweeping import Sweep

PENDING = {"requested": True, "status": "pending", "model": "qwen_instruct"}
BETTER = "a red circle on a blue background, oil on canvas"


async def held(line: Line, **columns: Any) -> str:
    """A job that waits for its enhancement."""
    submission = line.submission(metadata={"model_variant": "small", "enhancement": PENDING}, **columns)
    answer = await line.database.call("submit_job", **submission, p_hold_seconds=8)
    assert answer["outcome"] == "submitted"
    return str(answer["job"]["id"])


async def enhance(line: Line, job_id: str, prompt: str | None = BETTER, attempt: int = 0) -> Answer:
    return await line.database.call(
        "enhance_job",
        p_job_id=job_id,
        p_attempt=attempt,
        p_prompt=prompt,
        p_template_name="sdxl_image_sfw",
        p_strategy="model",
        p_time_ms=1200,
        p_facts={"source": "worker_fallback", "model_used": "qwen"},
        p_warnings=["a warning"],
    )


async def test_a_held_job_is_handed_out_to_nobody(line: Line) -> None:
    job_id = await held(line)
    row = await line.row(job_id)
    assert await line.handed_out() == []
    assert round((row["not_before"] - row["created_at"]).total_seconds()) == 8


async def test_others_do_not_wait_for_it(line: Line) -> None:
    await held(line)
    other = await line.job()
    assert await line.handed_out() == [other]


async def test_without_a_hold_a_job_is_handed_out_at_once(line: Line) -> None:
    job_id = await line.job()
    assert await line.handed_out() == [job_id]
    assert (await line.row(job_id))["not_before"] is None


async def test_the_enhanced_job_goes_on_at_once(line: Line) -> None:
    job_id = await held(line)
    answer = await enhance(line, job_id)
    (handout,) = answer["handouts"]
    assert (answer["outcome"], handout["job"]["id"], handout["job"]["enhanced_prompt"]) == ("settled", job_id, BETTER)
    assert await line.handed_out() == [job_id]


async def test_the_row_tells_who_wrote_the_prompt_and_keeps_the_original(line: Line) -> None:
    job_id = await held(line)
    await enhance(line, job_id)
    row = await line.row(job_id)
    assert row["original_prompt"] == "a red circle on a blue background"
    assert (row["enhanced_prompt"], row["template_name"]) == (BETTER, "sdxl_image_sfw")
    assert (row["enhancement_strategy"], row["enhancement_time_ms"], row["warnings"]) == ("model", 1200, ["a warning"])
    assert row["metadata"]["enhancement"] == {
        **PENDING,
        "status": "enhanced",
        "source": "worker_fallback",
        "model_used": "qwen",
    }


async def test_the_original_may_be_kept(line: Line) -> None:
    job_id = await held(line)
    answer = await enhance(line, job_id, prompt=None)
    assert (answer["job"]["enhanced_prompt"], answer["job"]["metadata"]["enhancement"]["status"]) == (None, "kept")
    assert await line.handed_out() == [job_id]


async def test_a_job_is_enhanced_once(line: Line) -> None:
    job_id = await held(line)
    await enhance(line, job_id)
    before = await line.state(job_id)
    answer = await enhance(line, job_id, prompt="another")
    assert (answer["outcome"], answer["job"]["enhanced_prompt"]) == ("over", BETTER)
    assert await line.state(job_id) == before


async def test_a_job_that_nobody_wanted_enhanced_is_left_alone(line: Line) -> None:
    job_id = await line.job()
    assert (await enhance(line, job_id))["outcome"] == "over"
    assert (await line.row(job_id))["enhanced_prompt"] is None


async def test_after_the_claim_it_is_too_late(line: Line) -> None:
    """P10: the worker may be drawing the prompt that it was told."""
    attempt = await line.start_again(await held(line))
    before = await attempt.state()
    assert (await enhance(line, attempt.job_id))["outcome"] == "over"
    assert await attempt.state() == before


async def test_between_two_attempts_it_is_too_late(line: Line) -> None:
    attempt = await line.start_again(await held(line))
    await attempt.fail()
    before = await attempt.state()
    assert (await enhance(line, attempt.job_id))["outcome"] == "over"
    assert await attempt.state() == before


async def test_the_claiming_attempt_settles_what_is_pending(line: Line) -> None:
    attempt = await line.start_again(await held(line))
    answer = await enhance(line, attempt.job_id, attempt=attempt.number)
    assert (answer["outcome"], answer["job"]["enhanced_prompt"]) == ("settled", BETTER)
    assert (await enhance(line, attempt.job_id, "another", attempt.number))["job"]["enhanced_prompt"] == BETTER


async def test_an_older_attempt_settles_nothing(line: Line) -> None:
    """P4"""
    first = await line.start_again(await held(line))
    await first.fail()
    second = await line.start_again(first.job_id)
    assert (await enhance(line, first.job_id, attempt=first.number))["outcome"] == "over"
    assert (await second.row())["enhanced_prompt"] is None


async def test_a_cancelled_job_stays_cancelled(line: Line) -> None:
    """P5"""
    job_id = await held(line)
    await line.cancel(job_id)
    before = await line.state(job_id)
    assert (await enhance(line, job_id))["outcome"] == "over"
    assert await line.state(job_id) == before


async def test_an_unknown_job_is_not_found(line: Line) -> None:
    assert await enhance(line, str(uuid4())) == {"outcome": "not_found"}


async def test_a_hold_that_nobody_ends_ends_by_itself(line: Line, sweep: Sweep) -> None:
    """P1: the process that was to enhance the job is gone."""
    job_id = await held(line)
    await sweep()
    assert await line.handed_out() == []
    await line.turn_back("jobs", "not_before", job_id, "1 second")
    await sweep()
    assert await line.handed_out() == [job_id]


async def test_the_same_submission_again_is_the_same_held_job(line: Line) -> None:
    submission = line.submission(metadata={"model_variant": "small", "enhancement": PENDING})
    keys = {"p_idempotency_key": "k", "p_request_hash": "one", "p_hold_seconds": 8}
    first, again = [await line.database.call("submit_job", **submission, **keys) for _ in range(2)]
    assert (again["outcome"], again["job"]) == ("replayed", first["job"])


@pytest.mark.parametrize("attempt", [0, 1])
async def test_a_replay_draws_the_same_prompt(line: Line, attempt: int) -> None:
    """P10"""
    job_id = await held(line)
    if attempt == 0:
        await enhance(line, job_id)
    running = await line.start_again(job_id)
    if attempt == 1:
        await enhance(line, job_id, attempt=1)
    await running.fail(retryable=False)

    answer = await line.database.call("replay_job", p_job_id=job_id)

    columns = ("original_prompt", "enhanced_prompt", "template_name", "enhancement_strategy", "enhancement_time_ms")
    old, new = await line.row(job_id), await line.row(answer["job"]["id"])
    assert {name: new[name] for name in columns} == {name: old[name] for name in columns}
    assert (new["enhanced_prompt"], new["metadata"]["enhancement"]["status"]) == (BETTER, "enhanced")
