"""``cancel_job``: at once where nobody works on the job, else asked."""

import uuid

from tests.fixtures.concurrency import at_once
from tests.fixtures.lifecycle import Line
from tests.fixtures.sweeping import Sweep


async def test_a_queued_job_is_cancelled_at_once(line: Line) -> None:
    job_id = await line.job()
    answer = await line.cancel(job_id)
    assert (answer["outcome"], answer["status"]) == ("cancelled", "cancelled")
    row = await line.row(job_id)
    assert (row["status"], row["stage"], row["handed_out_at"]) == ("cancelled", "cancelled", None)
    assert row["completed_at"] is not None


async def test_a_cancelled_hand_out_is_claimed_by_nobody(line: Line) -> None:
    """P5"""
    job_id = await line.job()
    await line.cancel(job_id)
    assert await line.claim(job_id, 1) == {"outcome": "over", "status": "cancelled"}


async def test_a_running_job_s_cancellation_is_asked(line: Line) -> None:
    attempt = await line.start()
    answer = await line.cancel(attempt.job_id)
    assert (answer["outcome"], answer["status"]) == ("cancel_requested", "processing")
    row = await attempt.row()
    assert (row["status"], row["completed_at"]) == ("processing", None)
    assert row["cancel_requested_at"] is not None


async def test_asking_again_keeps_the_time_of_the_first(line: Line) -> None:
    attempt = await line.start()
    await line.cancel(attempt.job_id)
    before = await attempt.state()
    assert (await line.cancel(attempt.job_id))["outcome"] == "cancel_requested"
    assert await attempt.state() == before


async def test_a_job_between_two_attempts_is_cancelled_at_once(line: Line) -> None:
    attempt = await line.start()
    await attempt.fail()
    assert (await line.cancel(attempt.job_id))["outcome"] == "cancelled"


async def test_a_lost_worker_s_job_is_cancelled_at_once_and_its_attempt_is_over(line: Line, sweep: Sweep) -> None:
    """P5"""
    attempt = await line.start()
    await attempt.lose_lease()
    await sweep()
    assert (await line.cancel(attempt.job_id))["outcome"] == "cancelled"
    before = await attempt.state()
    assert await attempt.report() == {"outcome": "over", "status": "cancelled"}
    assert await attempt.state() == before


async def test_a_worker_that_does_not_heed_the_request_loses_the_job_with_its_lease(line: Line, sweep: Sweep) -> None:
    """P1"""
    attempt = await line.start()
    await line.cancel(attempt.job_id)
    await attempt.lose_lease()
    await sweep()
    assert (await attempt.row())["status"] == "cancelled"


async def test_a_completed_job_stays_completed(line: Line) -> None:
    """P5: the completion that arrives first wins."""
    attempt = await line.start()
    await attempt.finish()
    before = await attempt.state()
    answer = await line.cancel(attempt.job_id)
    assert (answer["outcome"], answer["status"]) == ("over", "completed")
    assert await attempt.state() == before


async def test_cancelling_twice_is_over(line: Line) -> None:
    job_id = await line.job()
    await line.cancel(job_id)
    before = await line.state(job_id)
    answer = await line.cancel(job_id)
    assert (answer["outcome"], answer["status"]) == ("over", "cancelled")
    assert await line.state(job_id) == before


async def test_a_claim_and_a_cancellation_at_once_leave_either_a_cancelled_job_or_an_asked_attempt(line: Line) -> None:
    job_id = await line.job()
    claim, cancel = await at_once(line.owner, job_id, line.claim(job_id, 1), line.cancel(job_id))
    assert (claim["outcome"], cancel["outcome"]) in {("over", "cancelled"), ("claimed", "cancel_requested")}


async def test_another_user_s_job_is_not_found_and_not_touched(line: Line) -> None:
    """P6"""
    job_id = await line.job()
    before = await line.state(job_id)
    for stranger in (str(uuid.uuid4()), None):
        answer = await line.database.call("cancel_job", p_job_id=job_id, p_user_id=stranger)
        assert answer == {"outcome": "not_found"}
    assert await line.state(job_id) == before


async def test_an_unknown_job_is_not_found(line: Line) -> None:
    assert await line.cancel(str(uuid.uuid4())) == {"outcome": "not_found"}
