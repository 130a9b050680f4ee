"""The ledger (P3): charged once, refunded once if not completed, and every balance the sum of its rows."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.fixtures.lifecycle import Line


async def ledger(line: Line, job_id: str) -> list[tuple[str, int]]:
    """What the job cost and gave back."""
    query = "select action, credits_consumed from usage_logs where job_id = $1 order by created_at"
    return [(row["action"], int(row["credits_consumed"])) for row in await line.owner.fetch(query, job_id)]


async def sums_up(line: Line) -> bool:
    query = """
        select token_balance = -(select sum(credits_consumed) from usage_logs where user_id = p.id)
        from profiles p where id = $1
    """
    return bool(await line.owner.fetchval(query, line.user_id))


async def test_a_submission_is_charged(line: Line) -> None:
    before = await line.balance()

    job_id = await line.job(credits=3)

    assert await ledger(line, job_id) == [("generation", 3)]
    assert await line.balance() == before - 3
    assert await sums_up(line)


async def test_the_ledger_says_what_for(line: Line) -> None:
    project = "5f1f4c3e-8b1a-4f57-9d3c-2e6f7a8b9c0d"
    told = {"model_variant": "small", "dual_worker_routing": True, "negative_prompt_supported": True}
    job_id = await line.job(credits=3, project_id=project, metadata=told)

    row: dict[str, Any] = (await line.rows("usage_logs", job_id))[0]
    assert (row["format"], row["quality"]) == ("image", "fast")
    job = {"job_type": "sdxl_image_fast", "model_type": "sdxl", "queue": line.queue, "project_id": project}
    assert row["metadata"] == {**job, **told}


async def test_a_job_without_a_price_has_no_row(line: Line) -> None:
    assert await ledger(line, await line.job(credits=0)) == []


async def test_a_submission_repeated_under_its_key_is_charged_once(line: Line) -> None:
    answers = await asyncio.gather(*(line.submit(key="k", credits=2) for _ in range(5)))

    (job_id,) = {answer["job"]["id"] for answer in answers}
    assert await ledger(line, job_id) == [("generation", 2)]
    assert await sums_up(line)


async def test_a_completed_job_is_not_refunded(line: Line) -> None:
    attempt = await line.start(credits=2)

    await attempt.finish()

    assert await ledger(line, attempt.job_id) == [("generation", 2)]


async def test_a_job_cancelled_while_it_waits_is_refunded(line: Line) -> None:
    before = await line.balance()
    job_id = await line.job(credits=2)

    await line.cancel(job_id)
    await line.cancel(job_id)

    assert await ledger(line, job_id) == [("generation", 2), ("refund", -2)]
    assert await line.balance() == before
    assert await sums_up(line)


async def test_a_job_cancelled_while_it_runs_is_refunded_when_the_worker_stops(line: Line) -> None:
    attempt = await line.start(credits=2)
    await line.cancel(attempt.job_id)
    assert await ledger(line, attempt.job_id) == [("generation", 2)]

    await attempt.fail("cancelled", retryable=False)

    assert await ledger(line, attempt.job_id) == [("generation", 2), ("refund", -2)]


async def test_a_final_failure_is_refunded_and_a_retry_is_not(line: Line) -> None:
    attempt = await line.start(credits=2)
    await attempt.fail("network", retryable=True)
    assert await ledger(line, attempt.job_id) == [("generation", 2)]

    again = await line.start_again(attempt.job_id)
    await again.fail("bad_input", retryable=False)

    assert await ledger(line, attempt.job_id) == [("generation", 2), ("refund", -2)]
    assert await sums_up(line)


async def test_a_job_the_sweep_gives_up_is_refunded(line: Line) -> None:
    job_id = await line.job(credits=2)
    await line.turn_back("jobs", "created_at", job_id, "25 hours")

    await line.database.call("sweep_jobs")

    assert await ledger(line, job_id) == [("generation", 2), ("refund", -2)]


async def test_two_ends_at_once_refund_once(line: Line) -> None:
    attempt = await line.start(credits=2)

    await asyncio.gather(attempt.fail("bad_input", retryable=False), attempt.fail("bad_input", retryable=False))

    assert await ledger(line, attempt.job_id) == [("generation", 2), ("refund", -2)]
    assert await sums_up(line)


@pytest.mark.parametrize("action", ["generation", "refund"])
async def test_no_job_has_a_second_debit_or_refund_whoever_writes_it(line: Line, action: str) -> None:
    job_id = await line.job(credits=2)
    await line.cancel(job_id)

    with pytest.raises(asyncpg.UniqueViolationError):
        await line.owner.execute(
            "insert into usage_logs (user_id, action, credits_consumed, job_id) values ($1, $2, 1, $3)",
            line.user_id,
            action,
            job_id,
        )


async def test_a_grant_moves_the_balance_and_is_in_the_ledger(line: Line) -> None:
    """S15: the service can bill."""
    before = await line.balance()

    answer = await line.database.call("grant_credits", p_user_id=line.user_id, p_credits=25, p_reason="a gift")

    assert answer == {"outcome": "granted", "balance": before + 25}
    row = await line.owner.fetchrow(
        "select * from usage_logs where user_id = $1 order by created_at desc limit 1", line.user_id
    )
    assert (row["action"], row["credits_consumed"], row["metadata"]) == ("grant", -25, {"reason": "a gift"})
    assert await sums_up(line)


@pytest.mark.parametrize("credits", [0, -5, None])
async def test_a_grant_takes_nothing_away(line: Line, credits: int | None) -> None:
    answer = await line.database.call("grant_credits", p_user_id=line.user_id, p_credits=credits, p_reason="")

    assert answer == {"outcome": "invalid"}


async def test_nobody_is_granted_anything_who_does_not_exist(line: Line) -> None:
    unknown = "00000000-0000-0000-0000-000000000000"
    answer = await line.database.call("grant_credits", p_user_id=unknown, p_credits=5, p_reason="")

    assert answer == {"outcome": "not_found"}
