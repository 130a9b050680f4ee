"""``private.place_of`` and ``private.learn_times``: when a job may be done, as told at submission and later."""

from datetime import timedelta
from typing import Any

import pytest

from tests.fixtures.lifecycle import Answer, Line
from tests.fixtures.sweeping import Sweep

GIVEN = 20
"""Seconds that a submission says its run may take, where nothing is known."""


def told(answer: Answer) -> tuple[Any, Any]:
    return answer["eta_p50_seconds"], answer["eta_p90_seconds"]


async def completed(line: Line, *, run: float = 8, wait: float = 0, ended: float = 0, **columns: Any) -> str:
    """A job that waited and ran for so many seconds, and ended so many ago."""
    attempt = await line.start(format="text", **columns)
    assert (await attempt.complete())["outcome"] == "completed"
    await set_times(line, attempt.job_id, run=run, wait=wait, ended=ended)
    return attempt.job_id


async def set_times(line: Line, job_id: str, *, run: float, wait: float = 0, ended: float = 0) -> None:
    for column, ago in (("completed_at", ended), ("started_at", ended + run), ("created_at", ended + run + wait)):
        await line.turn_back("jobs", column, job_id, f"{ago} seconds")


async def learn(line: Line) -> None:
    await line.owner.execute("select private.learn_times()")


async def queue(line: Line) -> dict[str, Any]:
    return dict(await line.owner.fetchrow("select * from queues where name = $1", line.queue))


async def times(line: Line) -> dict[tuple[str, int], float]:
    """What was learned: mean seconds by job type and outputs."""
    rows = await line.owner.fetch("select * from job_times where queue = $1", line.queue)
    return {(row["job_type"], row["outputs"]): row["mean_seconds"] for row in rows}


async def get(line: Line, job_id: str) -> Answer:
    return await line.database.call("get_job", p_user_id=line.user_id, p_job_id=job_id)


class TestASubmission:
    async def test_without_history_tells_the_time_it_was_given(self, line: Line) -> None:
        """F3: whoever waits is told for how long, a film's time for a film."""
        assert told(await line.submit()) == (GIVEN, 2 * GIVEN)

    async def test_behind_others_adds_what_they_may_take(self, line: Line) -> None:
        await line.submit(expected_run_seconds=100)
        await line.submit(expected_run_seconds=30)
        assert told(await line.submit())[0] == 100 + 30 + GIVEN

    async def test_shares_the_work_before_it_among_the_workers(self, line: Line) -> None:
        await line.configure(workers=2)
        for _ in range(4):
            await line.submit()
        assert told(await line.submit())[0] == 4 * GIVEN / 2 + GIVEN

    async def test_waits_for_nobody_while_a_worker_is_free(self, line: Line) -> None:
        await line.configure(workers=2)
        await line.start()
        assert told(await line.submit())[0] == GIVEN

    async def test_waits_for_what_is_left_of_a_running_job(self, line: Line) -> None:
        attempt = await line.start(expected_run_seconds=100)
        await attempt.report(0.75)
        assert told(await line.submit())[0] == 25 + GIVEN

    async def test_an_overdue_job_is_about_to_end(self, line: Line) -> None:
        attempt = await line.start()
        await line.turn_back("jobs", "started_at", attempt.job_id, "10 minutes")
        assert told(await line.submit())[0] == GIVEN

    async def test_expects_others_to_take_half_of_the_turns_they_still_may(self, line: Line, other_line: Line) -> None:
        """Five rounds of two users are ten places, of which three are taken."""
        await line.submit(user_id=other_line.user_id)
        *_, job = [(await line.submit())["job"] for _ in range(3)]
        await line.configure(turn=job["turn"] - 5)
        assert told(await get(line, job["id"]))[0] == GIVEN * (3 + 10) / 2 + GIVEN

    async def test_tells_no_time_after_which_it_would_have_failed(self, line: Line) -> None:
        await line.configure(p90_ratio=1e30, queue_ttl=timedelta(hours=2))
        assert told(await line.submit()) == (GIVEN, 7200)

    async def test_says_nothing_while_the_queue_is_paused(self, line: Line) -> None:
        await line.configure(is_paused=True)
        answer = await line.submit()
        assert told(answer) == (None, None)
        assert (await line.row(answer["job"]["id"]))["expected_seconds"] is None

    async def test_says_nothing_when_nobody_knows(self, line: Line) -> None:
        assert told(await line.submit(expected_run_seconds=None)) == (None, None)

    async def test_keeps_what_was_expected(self, line: Line) -> None:
        await line.configure(p50_ratio=3)
        await line.submit()
        row = await line.row(await line.job())
        assert (row["expected_run_seconds"], row["expected_seconds"]) == (GIVEN, 2 * GIVEN)

    async def test_is_told_by_how_much_the_last_ones_were_off(self, line: Line) -> None:
        await line.configure(p50_ratio=1.5, p90_ratio=4)
        assert told(await line.submit()) == (1.5 * GIVEN, 4 * GIVEN)


class TestAJobOnItsWay:
    async def test_has_what_is_left_by_the_clock_before_its_first_report(self, line: Line) -> None:
        attempt = await line.start()
        await line.turn_back("jobs", "started_at", attempt.job_id, "12 seconds")
        found = await get(line, attempt.job_id)
        assert (found["position"], *told(found)) == (None, pytest.approx(8, abs=1), pytest.approx(28, abs=1))

    async def test_goes_by_its_own_speed_the_further_it_is(self, line: Line) -> None:
        """At three quarters after 60 s it takes 80 s in all, whatever was expected."""
        attempt = await line.start()
        await attempt.report(0.75)
        await line.turn_back("jobs", "started_at", attempt.job_id, "60 seconds")
        p50, _ = told(await get(line, attempt.job_id))
        assert p50 == pytest.approx(0.25 * (0.25 * GIVEN + 60), abs=1)

    async def test_on_a_later_attempt_has_its_share_of_a_run_whenever_the_first_began(self, line: Line) -> None:
        attempt = await line.start()
        await attempt.report(0.25)
        await attempt.fail("preempted")
        await line.turn_back("jobs", "started_at", attempt.job_id, "1 hour")
        await line.start_again(attempt.job_id)
        assert told(await get(line, attempt.job_id)) == (0.75 * GIVEN, 0.75 * 2 * GIVEN)

    async def test_that_is_overdue_without_a_report_has_no_time_that_anybody_knows(self, line: Line) -> None:
        attempt = await line.start()
        await line.turn_back("jobs", "started_at", attempt.job_id, "10 minutes")
        assert told(await get(line, attempt.job_id)) == (None, None)

    async def test_has_no_time_left_once_it_ended(self, line: Line) -> None:
        assert told(await get(line, await completed(line))) == (None, None)


class TestRunTimes:
    async def test_are_those_of_completed_jobs(self, line: Line) -> None:
        for run in (6, 7, 8, 9, 10):
            await completed(line, run=run)
        await learn(line)
        assert await times(line) == {("sdxl_image_fast", 1): pytest.approx(8, abs=0.1)}
        assert told(await line.submit())[0] in (8, 9)

    async def test_are_not_known_from_four(self, line: Line) -> None:
        for _ in range(4):
            await completed(line)
        await learn(line)
        assert await times(line) == {}

    async def test_are_of_one_type_and_number_of_outputs(self, line: Line) -> None:
        kinds = {("chat_enhance", 1): 4, ("chat_enhance", 3): 12, ("chat_conversation", 1): 30}
        for (job_type, outputs), run in kinds.items():
            for _ in range(5):
                await completed(line, run=run, job_type=job_type, config={"num_images": outputs, "seed": 1})
        await learn(line)
        assert await times(line) == {kind: pytest.approx(run, abs=0.1) for kind, run in kinds.items()}
        for (job_type, outputs), run in kinds.items():
            job = (await line.submit(job_type=job_type, config={"num_images": outputs}))["job"]
            assert job["expected_run_seconds"] == pytest.approx(run, abs=0.1)

    @pytest.mark.parametrize(
        "change",
        ["status = 'failed'", "status = 'cancelled'", "attempts = 2"],
        ids=["failed", "cancelled", "with several attempts"],
    )
    async def test_of_a_job_that_was_no_plain_run_are_not_learned(self, line: Line, change: str) -> None:
        for _ in range(5):
            job_id = await completed(line, run=500)
            await line.owner.execute(f"update jobs set {change} where id = $1", job_id)
            await completed(line, run=5)
        await learn(line)
        assert await times(line) == {("sdxl_image_fast", 1): pytest.approx(5, abs=0.1)}

    async def test_stay_known_after_their_jobs_are_gone(self, line: Line) -> None:
        for _ in range(5):
            await completed(line)
        await learn(line)
        await line.owner.execute("delete from jobs where queue = $1", line.queue)
        await learn(line)
        assert told(await line.submit())[0] in (8, 9)


class TestCalibration:
    async def test_takes_the_quantiles_of_actual_over_expected(self, line: Line) -> None:
        for part in range(1, 21):
            await completed(line, run=GIVEN * part / 10)
        await learn(line)
        found = await queue(line)
        assert found["p50_ratio"] == pytest.approx(1.1, abs=0.05)
        assert found["p90_ratio"] == pytest.approx(1.9, abs=0.05)

    async def test_waits_for_twenty_jobs(self, line: Line) -> None:
        for _ in range(19):
            await completed(line, run=5 * GIVEN)
        await learn(line)
        found = await queue(line)
        assert (found["p50_ratio"], found["p90_ratio"]) == (1, 2)

    async def test_counts_waits_and_several_attempts(self, line: Line) -> None:
        for _ in range(20):
            job_id = await completed(line, run=GIVEN, wait=2 * GIVEN)
            await line.owner.execute("update jobs set attempts = 2 where id = $1", job_id)
        await learn(line)
        assert (await queue(line))["p50_ratio"] == pytest.approx(3, abs=0.05)

    async def test_is_not_fooled_by_jobs_that_were_overtaken(self, line: Line) -> None:
        """Twenty quick ones came through; as many have been in line for five times what they expected."""
        for _ in range(20):
            await completed(line, run=GIVEN)
        await line.configure(handout_window=1)
        for _ in range(20):
            job_id = await line.job()
            await line.owner.execute(
                "update jobs set expected_seconds = $2, created_at = clock_timestamp() - interval '100 seconds'"
                " where id = $1",
                job_id,
                GIVEN,
            )
        await learn(line)
        assert (await queue(line))["p90_ratio"] == pytest.approx(5, abs=0.1)


class TestWorkers:
    async def test_are_the_most_jobs_that_ran_at_once(self, line: Line) -> None:
        await completed(line, run=20)
        await completed(line, run=20, ended=10)
        await completed(line, run=20, ended=21)
        await learn(line)
        assert (await queue(line))["workers"] == 2

    async def test_that_were_there_long_ago_are_forgotten(self, line: Line) -> None:
        for _ in range(3):
            await completed(line, ended=601)
        await completed(line)
        await learn(line)
        assert (await queue(line))["workers"] == 1

    async def test_stay_known_through_a_quiet_time(self, line: Line) -> None:
        await line.configure(workers=4)
        await learn(line)
        assert (await queue(line))["workers"] == 4

    async def test_that_run_now_count_at_once(self, line: Line) -> None:
        for _ in range(3):
            attempt = await line.start()
            await line.turn_back("jobs", "started_at", attempt.job_id, "10 minutes")
        for _ in range(3):
            await line.submit()
        assert told(await line.submit())[0] == 3 * GIVEN / 3 + GIVEN


async def test_the_sweep_learns_every_thirty_seconds(line: Line, sweep: Sweep) -> None:
    for _ in range(5):
        await completed(line)
    await line.owner.execute("update sweeps set learned_at = clock_timestamp() - interval '25 seconds'")
    await sweep()
    assert await times(line) == {}

    await line.owner.execute("update sweeps set learned_at = clock_timestamp() - interval '31 seconds'")
    await sweep()
    assert await times(line) != {}


async def test_a_sweep_that_cannot_learn_still_ends_what_is_over(line: Line, sweep: Sweep) -> None:
    """P1"""
    definition = await line.owner.fetchval("select pg_get_functiondef('private.learn_times'::regproc)")
    broken = "create or replace function private.learn_times() returns void language sql as 'select 1 / 0'"
    attempt = await line.start()
    await attempt.lose_lease()
    await line.owner.execute(broken)
    try:
        await line.owner.execute("update sweeps set learned_at = '-infinity'")
        await sweep()
    finally:
        await line.owner.execute(definition)
    assert (await attempt.row())["status"] == "queued"
