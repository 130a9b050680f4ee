"""Who may submit: maintenance, full queues, jobs in flight, rate, credits. A refusal leaves nothing behind."""

import asyncio
from typing import Any

import pytest

from tests.fixtures.lifecycle import Answer, Line
from tests.fixtures.limits import limits


async def outcomes(line: Line, count: int) -> list[str]:
    """Of so many submissions, one after the other."""
    return [(await line.submit())["outcome"] for _ in range(count)]


async def left_behind(line: Line) -> tuple[int, Any]:
    """Jobs and balance."""
    jobs = await line.owner.fetchval("select count(*) from jobs where user_id = $1", line.user_id)
    return jobs, await line.balance()


async def test_in_maintenance_nothing_is_taken_and_the_reason_is_told(line: Line) -> None:
    before = await left_behind(line)
    async with limits(line.owner, maintenance="the database moves, back at 18:00 UTC."):
        answer = await line.submit()

    assert answer == {"outcome": "maintenance", "message": "the database moves, back at 18:00 UTC."}
    assert await left_behind(line) == before


async def test_after_maintenance_jobs_are_taken_again(line: Line) -> None:
    async with limits(line.owner, maintenance="soon back."):
        await line.submit()

    assert await outcomes(line, 1) == ["submitted"]


async def test_a_full_queue_takes_no_more(line: Line) -> None:
    """Q11"""
    await line.configure(waiting_limit=3)

    assert await outcomes(line, 4) == ["submitted"] * 3 + ["queue_full"]


async def test_a_job_that_runs_fills_no_queue(line: Line) -> None:
    await line.configure(waiting_limit=1)
    await line.start()

    assert await outcomes(line, 2) == ["submitted", "queue_full"]


async def test_another_queue_is_not_full(line: Line, other_line: Line) -> None:
    await line.configure(waiting_limit=1)
    await line.job()

    assert await outcomes(other_line, 2) == ["submitted"] * 2


async def test_a_user_has_so_many_jobs_in_flight(line: Line) -> None:
    """Q11"""
    async with limits(line.owner, jobs_in_flight=2):
        await line.start()
        answers = [await line.submit() for _ in range(2)]

    assert [answer["outcome"] for answer in answers] == ["submitted", "too_many_jobs"]
    assert answers[1]["limit"] == 2


async def test_a_job_that_has_ended_makes_room_for_another(line: Line) -> None:
    async with limits(line.owner, jobs_in_flight=1):
        attempt = await line.start()
        assert await outcomes(line, 1) == ["too_many_jobs"]
        await attempt.finish()
        assert await outcomes(line, 1) == ["submitted"]


async def test_another_user_s_jobs_do_not_count(line: Line, other_line: Line) -> None:
    async with limits(line.owner, jobs_in_flight=1, jobs_per_minute=1):
        assert await outcomes(line, 1) == ["submitted"]
        assert await outcomes(other_line, 1) == ["submitted"]


async def test_a_user_sends_so_many_jobs_a_minute(line: Line) -> None:
    async with limits(line.owner, jobs_per_minute=2):
        answers = [await line.submit() for _ in range(3)]

    assert [answer["outcome"] for answer in answers] == ["submitted", "submitted", "rate_limited"]
    assert 50 <= answers[2]["retry_after"] <= 60


async def test_when_the_first_of_them_is_a_minute_old_there_is_room_again(line: Line) -> None:
    async with limits(line.owner, jobs_per_minute=2):
        first = await line.job()
        await line.turn_back("jobs", "created_at", first, "50 seconds")
        await line.job()
        answer = await line.submit()
        await line.turn_back("jobs", "created_at", first, "61 seconds")
        again = await line.submit()

    assert (answer["outcome"], again["outcome"]) == ("rate_limited", "submitted")
    assert answer["retry_after"] <= 10


async def test_a_cancelled_job_was_sent_all_the_same(line: Line) -> None:
    async with limits(line.owner, jobs_per_minute=1):
        await line.cancel(await line.job())

        assert await outcomes(line, 1) == ["rate_limited"]


@pytest.mark.parametrize("limit", ["jobs_per_minute", "jobs_in_flight"])
async def test_submissions_at_once_do_not_slip_through_together(line: Line, limit: str) -> None:
    async with limits(line.owner, **{limit: 3}):
        answers = await asyncio.gather(*(line.submit() for _ in range(12)))

    assert sum(answer["outcome"] == "submitted" for answer in answers) == 3


async def test_a_job_that_costs_more_than_there_is_is_refused(line: Line) -> None:
    await line.set_balance(2)
    before = await left_behind(line)

    answer = await line.submit(credits=3)

    assert answer == {"outcome": "insufficient_credits", "balance": 2, "credits": 3}
    assert await left_behind(line) == before


async def test_the_last_credits_can_be_spent_once(line: Line) -> None:
    await line.set_balance(2)

    answers = await asyncio.gather(*(line.submit(credits=2) for _ in range(6)))

    assert sum(answer["outcome"] == "submitted" for answer in answers) == 1
    assert await line.balance() == 0


async def test_what_costs_nothing_needs_no_credits(line: Line) -> None:
    await line.set_balance(0)

    assert (await line.submit(credits=0))["outcome"] == "submitted"


async def test_the_first_answer_is_given_again_whatever_the_limits_say(line: Line) -> None:
    first = await line.submit(key="k", credits=1)
    await line.set_balance(0)

    async with limits(line.owner, jobs_per_minute=1, jobs_in_flight=1, maintenance="soon back."):
        again: Answer = await line.submit(key="k", credits=1)

    assert (again["outcome"], again["job"]["id"]) == ("replayed", first["job"]["id"])


async def test_a_refused_submission_does_not_use_up_its_key(line: Line) -> None:
    await line.set_balance(0)
    assert (await line.submit(key="k", credits=1))["outcome"] == "insufficient_credits"
    await line.set_balance(1)

    assert (await line.submit(key="k", credits=1))["outcome"] == "submitted"
