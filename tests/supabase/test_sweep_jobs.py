"""``sweep_jobs``: what nobody reported."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.fixtures.concurrency import until_blocked
from tests.fixtures.lifecycle import Attempt, Line
from tests.fixtures.sweeping import Sweep

PREFETCHED = 10
"""As many rows PL/pgSQL fetches first in a FOR loop over a query."""


@pytest.fixture
async def attempt(line: Line) -> Attempt:
    return await line.start()


class TestLeases:
    async def test_a_job_whose_lease_ended_is_queued_again(self, attempt: Attempt, sweep: Sweep) -> None:
        """Q2, P1: a worker that died takes no job along."""
        await attempt.lose_lease()
        assert (await sweep())["ended"] >= 1
        row = await attempt.row()
        assert (row["status"], row["stage"], row["failures"]) == ("queued", "queued", 1)
        assert (row["error_code"], row["completed_at"]) == ("lease_expired", None)

    async def test_the_first_lost_worker_costs_no_further_wait(self, attempt: Attempt, sweep: Sweep) -> None:
        await attempt.lose_lease()
        await sweep()
        assert await attempt.line.handed_out() == [attempt.job_id]

    async def test_a_job_that_lost_two_workers_waits(self, line: Line, attempt: Attempt, sweep: Sweep) -> None:
        await attempt.lose_lease()
        await sweep()
        attempt = await line.start_again(attempt.job_id)
        await attempt.lose_lease()
        await sweep()
        assert (await attempt.row())["not_before"] is not None
        assert await line.handed_out() == []

    async def test_whoever_hears_no_worker_ends_no_lease(self, attempt: Attempt, sweep: Sweep, owner: Any) -> None:
        await attempt.lose_lease()
        before = await attempt.state()
        last_run = await owner.fetchval("select last_run from sweeps")
        await sweep(p_hears_workers=False)
        assert await attempt.state() == before
        assert await owner.fetchval("select last_run from sweeps") == last_run

    async def test_a_lease_that_lasts_is_left_alone(self, attempt: Attempt, sweep: Sweep) -> None:
        before = await attempt.state()
        await sweep()
        assert await attempt.state() == before

    async def test_a_lease_ends_once(self, attempt: Attempt, sweep: Sweep) -> None:
        await attempt.lose_lease()
        await sweep()
        await attempt.line.turn_back("jobs", "not_before", attempt.job_id, "-1 hour")
        before = await attempt.state()
        await sweep()
        assert await attempt.state() == before

    async def test_the_third_lost_worker_ends_the_job(self, line: Line, attempt: Attempt, sweep: Sweep) -> None:
        """P1"""
        for _ in range(2):
            await attempt.lose_lease()
            await sweep()
            attempt = await line.start_again(attempt.job_id)
        await attempt.lose_lease()
        await sweep()
        row = await attempt.row()
        assert (row["status"], row["error_code"], row["failures"]) == ("failed", "lease_expired", 3)
        assert await line.rows("job_leases", attempt.job_id) == []

    async def test_an_attempt_that_comes_back_may_lose_its_lease_again(self, attempt: Attempt, sweep: Sweep) -> None:
        """P1"""
        for _ in range(2):
            await attempt.lose_lease()
            await sweep()
            assert (await attempt.row())["status"] == "queued"
            await attempt.report()
        assert (await attempt.row())["failures"] == 0

    async def test_a_job_that_somebody_holds_is_not_waited_for(
        self, line: Line, attempt: Attempt, sweep: Sweep
    ) -> None:
        await attempt.lose_lease()
        async with line.owner.acquire() as connection, connection.transaction():
            await connection.execute("select from jobs where id = $1 for update", attempt.job_id)
            await sweep()
        assert (await attempt.row())["status"] == "processing"

    async def test_a_lease_renewed_while_the_sweep_runs_is_kept(self, line: Line, sweep: Sweep) -> None:
        """The sweep stands still at the first lease it ends; those it has not come to yet are renewed meanwhile."""
        jobs = [await line.job() for _ in range(PREFETCHED + 3)]
        await line.configure(handout_window=len(jobs))
        for job_id in jobs:
            await line.hand_out_again(job_id)
            await line.claim(job_id, 1)
            await line.turn_back("job_leases", "expires_at", job_id, "1 second")
        async with line.owner.acquire() as connection, connection.transaction():
            await connection.execute("lock table job_leases in share mode")
            sweeping = asyncio.create_task(sweep())
            await until_blocked(line.owner, 1, "sweep_jobs")
            renewed = await connection.fetch(
                """
                update job_leases set expires_at = clock_timestamp() + interval '1 minute'
                where job_id in (select job_id from job_leases where job_id = any ($1) for update skip locked)
                returning job_id::text
                """,
                jobs,
            )
        await sweeping
        kept = [job_id for job_id in jobs if (await line.row(job_id))["status"] == "processing"]
        assert sorted(kept) == sorted(row["job_id"] for row in renewed) != []


class TestAttemptLimit:
    async def test_an_attempt_that_runs_too_long_is_ended_though_it_renews(
        self, line: Line, attempt: Attempt, sweep: Sweep
    ) -> None:
        """P1"""
        await line.turn_back("job_leases", "claimed_at", attempt.job_id, "15 minutes 1 second")
        await attempt.report()
        await sweep()
        row = await attempt.row()
        assert (row["status"], row["error_code"], row["failures"]) == ("queued", "attempt_timeout", 1)
        assert await attempt.report() == {"outcome": "stale_attempt"}

    async def test_until_then_it_goes_on(self, line: Line, attempt: Attempt, sweep: Sweep) -> None:
        await line.turn_back("job_leases", "claimed_at", attempt.job_id, "14 minutes")
        await sweep()
        assert (await attempt.row())["status"] == "processing"

    async def test_a_queue_may_have_another_limit(self, line: Line, attempt: Attempt, sweep: Sweep) -> None:
        await line.configure(attempt_limit=timedelta(minutes=1))
        await line.turn_back("job_leases", "claimed_at", attempt.job_id, "61 seconds")
        await sweep()
        assert (await attempt.row())["error_code"] == "attempt_timeout"


class TestQueueTtl:
    async def test_a_job_that_waited_a_day_fails(self, line: Line, sweep: Sweep) -> None:
        """P1"""
        await line.configure(handout_window=1)
        jobs = [await line.job(), await line.job()]
        for job_id in jobs:
            await line.turn_back("jobs", "created_at", job_id, "24 hours 1 second")
        answer = await sweep()
        for job_id in jobs:
            row = await line.row(job_id)
            assert (row["status"], row["error_code"], row["handed_out_at"]) == ("failed", "queue_timeout", None)
        assert line.queue not in answer["lists"]

    async def test_a_queue_may_have_another_limit(self, line: Line, sweep: Sweep) -> None:
        await line.configure(queue_ttl=timedelta(minutes=1))
        late, in_time = await line.job(), await line.job()
        await line.turn_back("jobs", "created_at", late, "61 seconds")
        await sweep()
        assert (await line.row(late))["status"] == "failed"
        assert (await line.row(in_time))["status"] == "queued"

    async def test_a_job_in_its_back_off_waits_too(self, line: Line, attempt: Attempt, sweep: Sweep) -> None:
        """P1"""
        await attempt.fail()
        await line.turn_back("jobs", "created_at", attempt.job_id, "25 hours")
        await sweep()
        assert (await attempt.row())["error_code"] == "queue_timeout"

    async def test_a_job_that_is_worked_on_does_not_wait(self, line: Line, attempt: Attempt, sweep: Sweep) -> None:
        await line.turn_back("jobs", "created_at", attempt.job_id, "25 hours")
        await sweep()
        assert (await attempt.row())["status"] == "processing"


class TestAfterAnOutage:
    """The last sweep lies longer back than a lease lasts: nobody could renew, so nobody is to blame."""

    @pytest.fixture
    async def outage(self, line: Line, attempt: Attempt, sweep: Sweep) -> Sweep:
        await attempt.lose_lease()
        await line.owner.execute("update sweeps set last_run = clock_timestamp() - interval '21 seconds'")
        return sweep

    async def test_the_first_sweep_extends_every_lease(self, line: Line, attempt: Attempt, outage: Sweep) -> None:
        await outage()
        assert (await attempt.row())["status"] == "processing"
        (lease,) = await line.rows("job_leases", attempt.job_id)
        left = await line.owner.fetchval("select $1::timestamptz - last_run from sweeps", lease["expires_at"])
        assert left == timedelta(seconds=15)

    async def test_a_later_sweep_ends_those_that_stay_silent(self, attempt: Attempt, outage: Sweep) -> None:
        """P1"""
        await outage()
        await attempt.lose_lease()
        await outage()
        assert (await attempt.row())["status"] == "queued"

    async def test_no_lease_gets_shorter(self, line: Line, attempt: Attempt, outage: Sweep) -> None:
        await attempt.report(p_lease_seconds=3600)
        before = await line.rows("job_leases", attempt.job_id)
        await outage()
        assert await line.rows("job_leases", attempt.job_id) == before


async def test_one_sweep_at_a_time(line: Line, attempt: Attempt, sweep: Sweep) -> None:
    """The other finds nothing to rewrite."""
    await attempt.lose_lease()
    await line.job()
    assert await line.database.call("sweep_jobs") == {"outcome": "busy", "lists": {}}
    assert (await attempt.row())["status"] == "processing"
    assert line.queue in (await sweep())["lists"]


@pytest.mark.parametrize(("age", "is_due"), [("1 second", True), ("-1 minute", False)])
async def test_it_tells_whether_saves_are_due(line: Line, sweep: Sweep, age: str, is_due: bool) -> None:
    attempt = await line.start(destination="library")
    await attempt.finish()
    await line.turn_back("workspace_assets", "save_due_at", attempt.job_id, age)
    assert (await sweep())["saves_due"] is is_due
