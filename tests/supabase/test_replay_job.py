"""A failed job, run again by an admin."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.fixtures.lifecycle import Answer, Line


async def replay(line: Line, job_id: str) -> Answer:
    return await line.database.call("replay_job", p_job_id=job_id)


async def failed_job(line: Line, **columns: Any) -> str:
    attempt = await line.start(**columns)
    await attempt.fail("generation_failed", retryable=False)
    return attempt.job_id


async def test_the_new_job_asks_for_the_same_of_the_same_user(line: Line) -> None:
    job_id = await failed_job(line, config={"num_images": 3, "seed": 5}, original_prompt="a harbour")

    answer = await replay(line, job_id)

    old, new = await line.row(job_id), await line.row(answer["job"]["id"])
    same = ("user_id", "job_type", "queue", "config", "original_prompt", "output_type", "output_byte_limit")
    assert answer["outcome"] == "submitted"
    assert {name: new[name] for name in same} == {name: old[name] for name in same}
    assert (str(new["replay_of"]), new["status"], new["attempts"], new["failures"]) == (job_id, "queued", 0, 0)


async def test_the_failed_job_stays_as_it_is(line: Line) -> None:
    """P5"""
    job_id = await failed_job(line)
    before = await line.state(job_id)

    await replay(line, job_id)

    assert await line.state(job_id) == before


async def test_it_costs_nothing_and_refunds_nothing(line: Line) -> None:
    """P3"""
    job_id = await failed_job(line, credits=4)
    before = await line.balance()

    new = (await replay(line, job_id))["job"]["id"]
    assert await line.balance() == before
    await line.cancel(new)

    assert await line.balance() == before
    assert (await line.row(new))["metadata"]["credits"] == 0


async def test_it_runs_to_its_end(line: Line) -> None:
    answer = await replay(line, await failed_job(line))
    (handout,) = answer["handouts"]

    attempt = await line.start_handed_out(answer["job"]["id"], handout["handout"])
    await attempt.finish()

    assert (await attempt.row())["status"] == "completed"


async def test_asking_twice_gives_one_new_job(line: Line) -> None:
    job_id = await failed_job(line)

    answers = await asyncio.gather(*(replay(line, job_id) for _ in range(5)))

    assert len({answer["job"]["id"] for answer in answers}) == 1
    assert sorted(answer["outcome"] for answer in answers) == ["replayed"] * 4 + ["submitted"]


async def test_a_replay_that_failed_too_may_be_replaced_by_another(line: Line) -> None:
    job_id = await failed_job(line)
    first = await replay(line, job_id)
    attempt = await line.start_handed_out(first["job"]["id"], first["handouts"][0]["handout"])
    await attempt.fail("bad_input", retryable=False)

    second = await replay(line, job_id)

    assert second["outcome"] == "submitted"
    assert second["job"]["id"] != first["job"]["id"]


async def test_an_unknown_job_is_not_found(line: Line) -> None:
    assert await replay(line, str(uuid4())) == {"outcome": "not_found"}


async def test_a_job_that_did_not_fail_is_not_run_again(line: Line) -> None:
    queued = await line.job()
    assert await replay(line, queued) == {"outcome": "not_failed", "status": "queued"}
    await line.cancel(queued)
    assert await replay(line, queued) == {"outcome": "not_failed", "status": "cancelled"}
