"""``fail_job``: another attempt later, or the end."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fixtures.concurrency import at_once
from tests.fixtures.lifecycle import Attempt, Line
from tests.fixtures.sweeping import Sweep


@pytest.fixture
async def attempt(line: Line) -> Attempt:
    return await line.start()


async def clock(line: Line) -> datetime:
    now: datetime = await line.owner.fetchval("select clock_timestamp()")
    return now


async def test_a_failure_that_may_pass_queues_the_job_again(line: Line, attempt: Attempt) -> None:
    answer = await attempt.fail("out_of_memory")
    assert (answer["outcome"], answer["handouts"]) == ("retried", [])
    row = await attempt.row()
    assert (row["status"], row["stage"], row["attempts"], row["failures"]) == ("queued", "queued", 1, 1)
    assert (row["error_code"], row["error_message"], row["completed_at"]) == ("out_of_memory", "It went wrong.", None)
    assert await line.rows("job_leases", attempt.job_id) == []


@pytest.mark.parametrize("failures", [1, 2])
async def test_the_back_off_lies_ahead_and_doubles(line: Line, attempt: Attempt, failures: int) -> None:
    for _ in range(failures - 1):
        await attempt.fail()
        attempt = await line.start_again(attempt.job_id)
    earliest = await clock(line) + timedelta(seconds=2 ** (failures - 1))
    await attempt.fail()
    latest = await clock(line) + timedelta(seconds=2**failures)
    assert earliest <= (await attempt.row())["not_before"] <= latest


@pytest.mark.parametrize("failures", [1, 2, 5])
async def test_back_offs_are_spread_over_all_of_their_range(line: Line, failures: int) -> None:
    """So that jobs that one outage failed do not come back as one herd."""
    job_id = await line.job()
    delays = []
    for _ in range(60):
        query = "update jobs set failures = $2, max_attempts = 10 where id = $1"
        await line.owner.execute(query, job_id, failures - 1)
        await line.owner.execute("select private.retry_job(j, 'x', 'x', true) from jobs j where id = $1", job_id)
        # By the clock after it, so that no slow moment widens the spread upwards.
        delays.append(
            await line.owner.fetchval("select not_before - clock_timestamp() from jobs where id = $1", job_id)
        )
    shares = [delay / timedelta(seconds=2 ** (failures - 1)) for delay in delays]
    assert max(shares) <= 2
    assert sum(share > 1.5 for share in shares) > 10
    assert sum(share < 1.5 for share in shares) > 10


async def test_a_job_in_its_back_off_is_not_handed_out(line: Line, attempt: Attempt) -> None:
    await attempt.fail()
    await line.turn_back("jobs", "not_before", attempt.job_id, "-1 hour")
    await line.job()
    assert attempt.job_id not in await line.handed_out()


async def test_after_its_back_off_a_job_is_handed_out_again(line: Line, attempt: Attempt, sweep: Sweep) -> None:
    """P1"""
    await attempt.fail()
    await line.turn_back("jobs", "not_before", attempt.job_id, "0 seconds")
    (handout,) = (await sweep())["lists"][line.queue]
    assert (handout["job"]["id"], handout["handout"]) == (attempt.job_id, 2)


async def test_the_third_failure_ends_the_job(line: Line, attempt: Attempt) -> None:
    """P1"""
    outcomes = [(await attempt.fail())["outcome"]]
    for _ in range(2):
        attempt = await line.start_again(attempt.job_id)
        outcomes.append((await attempt.fail("out_of_memory"))["outcome"])
    assert outcomes == ["retried", "retried", "failed"]
    row = await attempt.row()
    assert (row["status"], row["stage"], row["attempts"], row["failures"]) == ("failed", "failed", 3, 3)
    assert (row["error_code"], row["error_message"]) == ("out_of_memory", "It went wrong.")
    assert row["completed_at"] is not None


async def test_a_failure_that_will_not_pass_ends_the_job_at_once(line: Line, attempt: Attempt) -> None:
    answer = await attempt.fail("content_policy", retryable=False)
    assert (answer["outcome"], answer["job"]["error_code"]) == ("failed", "content_policy")
    assert (await attempt.row())["status"] == "failed"
    assert await line.rows("job_leases", attempt.job_id) == []


async def test_a_failed_job_has_no_asset(line: Line, attempt: Attempt) -> None:
    """P2"""
    await attempt.report(p_outputs=[await attempt.deliver()])
    await attempt.fail(retryable=False)
    assert await line.assets(attempt.job_id) == []


async def test_a_hand_back_is_no_failure_and_is_handed_out_at_once(attempt: Attempt) -> None:
    answer = await attempt.fail("preempted")
    assert (answer["outcome"], answer["job"]["failures"], answer["job"]["not_before"]) == ("retried", 0, None)
    (handout,) = answer["handouts"]
    assert (handout["job"]["id"], handout["handout"]) == (attempt.job_id, 2)


@pytest.mark.parametrize("code", ["preempted", "network"])
async def test_what_was_delivered_is_made_no_second_time(line: Line, code: str) -> None:
    attempt = await line.start(config={"num_images": 3, "seed": 7})
    outputs = [await attempt.deliver(0), await attempt.deliver(2)]
    await attempt.fail(code, p_outputs=outputs)
    again = await line.start_again(attempt.job_id)
    assert [output["path"] for output in again.done] == [output["path"] for output in outputs]


async def test_an_output_that_is_not_there_does_not_keep_a_failure_from_being_heard(attempt: Attempt) -> None:
    assert (await attempt.fail(p_outputs=[attempt.output()]))["outcome"] == "retried"
    assert await attempt.line.rows("job_outputs", attempt.job_id) == []


async def test_ten_attempts_end_a_job_though_none_of_them_failed(line: Line, attempt: Attempt) -> None:
    """P1"""
    for _ in range(9):
        assert (await attempt.fail("preempted"))["outcome"] == "retried"
        attempt = await line.start_again(attempt.job_id)
    assert attempt.number == 10
    assert (await attempt.fail("preempted"))["outcome"] == "failed"
    row = await attempt.row()
    assert (row["status"], row["error_code"], row["failures"]) == ("failed", "too_many_attempts", 0)


@pytest.mark.parametrize("retryable", [True, False])
async def test_a_cancellation_that_was_asked_is_now_done(line: Line, attempt: Attempt, *, retryable: bool) -> None:
    await line.cancel(attempt.job_id)
    assert (await attempt.fail("preempted", retryable=retryable))["outcome"] == "cancelled"
    row = await attempt.row()
    assert (row["status"], row["error_code"], row["failures"]) == ("cancelled", "cancelled", 0)


async def test_the_worker_s_metadata_is_kept_under_its_own_key(line: Line, attempt: Attempt) -> None:
    said: dict[str, Any] = {"memory_pressure": 0.9, "model_variant": "theirs"}
    answer = await line.database.call(
        "fail_job",
        p_job_id=attempt.job_id,
        p_attempt=1,
        p_code="x",
        p_message="x",
        p_retryable=True,
        p_metadata=said,
    )
    assert answer["job"]["metadata"]["worker"] == said
    assert answer["job"]["metadata"]["model_variant"] == "small"


async def test_an_old_attempt_s_failure_changes_nothing(line: Line, attempt: Attempt) -> None:
    """P4"""
    await attempt.fail()
    await line.start_again(attempt.job_id)
    before = await attempt.state()
    assert await attempt.fail(retryable=False) == {"outcome": "stale_attempt"}
    assert await attempt.state() == before


@pytest.mark.usefixtures("sweep")
async def test_a_failure_told_twice_counts_once(attempt: Attempt) -> None:
    await attempt.fail()
    before = await attempt.state()
    assert await attempt.fail() == {"outcome": "stale_attempt"}
    assert await attempt.state() == before


async def test_a_failure_told_after_the_lease_ended_counts_once(attempt: Attempt, sweep: Sweep) -> None:
    await attempt.lose_lease()
    await sweep()
    assert (await attempt.fail("out_of_memory"))["outcome"] == "retried"
    row = await attempt.row()
    assert (row["failures"], row["error_code"]) == (1, "out_of_memory")


async def test_of_two_failures_at_once_one_is_heard(line: Line, attempt: Attempt) -> None:
    answers = await at_once(line.owner, attempt.job_id, attempt.fail(), attempt.fail())
    assert sorted(answer["outcome"] for answer in answers) == ["retried", "stale_attempt"]
    assert (await attempt.row())["failures"] == 1
