"""``get_job``, ``list_jobs`` and ``health``."""

from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.lifecycle import Answer, Line
from tests.fixtures.sweeping import Sweep


async def get(line: Line, job_id: str) -> Answer:
    return await line.database.call("get_job", p_user_id=line.user_id, p_job_id=job_id)


async def listed(line: Line, **arguments: Any) -> list[str]:
    answer = await line.database.call("list_jobs", p_user_id=line.user_id, **arguments)
    assert answer["outcome"] == "listed"
    return [found["job"]["id"] for found in answer["jobs"]]


class TestGetJob:
    async def test_a_waiting_job_is_found_with_its_position(self, line: Line) -> None:
        await line.job()
        submitted = await line.submit()
        found = await get(line, submitted["job"]["id"])
        same = ("job", "position", "eta_p50_seconds", "eta_p90_seconds")
        assert found == {"outcome": "found", "assets": []} | {name: submitted[name] for name in same}
        assert found["position"] == 1

    async def test_a_running_job_has_no_position(self, line: Line) -> None:
        attempt = await line.start()
        found = await get(line, attempt.job_id)
        assert (found["job"]["status"], found["position"]) == ("processing", None)

    async def test_a_completed_job_comes_with_its_assets_in_order(self, line: Line) -> None:
        attempt = await line.start(config={"num_images": 3, "seed": 7})
        await attempt.complete(*[await attempt.deliver(index) for index in (2, 0, 1)])
        found = await get(line, attempt.job_id)
        assert [asset["asset_index"] for asset in found["assets"]] == [0, 1, 2]
        assert found["assets"][2]["temp_storage_path"] == attempt.output(2)["path"]

    async def test_delivered_outputs_are_no_assets_before_the_end(self, line: Line) -> None:
        """P2"""
        attempt = await line.start()
        await attempt.report(p_outputs=[await attempt.deliver()])
        assert (await get(line, attempt.job_id))["assets"] == []

    async def test_another_user_s_job_is_not_found(self, line: Line, other_line: Line) -> None:
        """P6"""
        assert await get(line, await other_line.job()) == {"outcome": "not_found"}

    async def test_an_unknown_job_is_not_found(self, line: Line) -> None:
        assert await get(line, str(uuid4())) == {"outcome": "not_found"}


class TestListJobs:
    @pytest.fixture
    async def jobs(self, line: Line, other_line: Line) -> list[str]:
        """The user's, newest first, among another's."""
        jobs = []
        for _ in range(3):
            jobs.insert(0, await line.job())
            await other_line.job()
        return jobs

    async def test_one_s_own_are_listed_newest_first(self, line: Line, jobs: list[str]) -> None:
        """P6"""
        assert await listed(line) == jobs

    async def test_a_page_has_so_many(self, line: Line, jobs: list[str]) -> None:
        assert await listed(line, p_limit=2) == jobs[:2]

    async def test_the_next_page_begins_before_the_last_of_the_one_before(self, line: Line, jobs: list[str]) -> None:
        last = (await line.row(jobs[1]))["created_at"]
        assert await listed(line, p_before=last) == jobs[2:]

    @pytest.mark.parametrize(("status", "places"), [("cancelled", [1]), ("queued", [0, 2]), ("failed", [])])
    async def test_they_may_be_asked_for_by_status(
        self, line: Line, jobs: list[str], status: str, places: list[int]
    ) -> None:
        await line.cancel(jobs[1])
        assert await listed(line, p_status=status) == [jobs[place] for place in places]

    async def test_each_comes_as_it_would_alone(self, line: Line, jobs: list[str]) -> None:
        answer = await line.database.call("list_jobs", p_user_id=line.user_id, p_limit=1)
        assert {"outcome": "found", **answer["jobs"][0]} == await get(line, jobs[0])

    async def test_who_has_none_gets_an_empty_list(self, line: Line) -> None:
        assert await listed(line) == []


class TestQueueStatus:
    async def ask(self, line: Line) -> Answer:
        types = {"sdxl_image_fast": {"queue": line.queue, "expected_run_seconds": 20}}
        answer = await line.database.call("queue_status", p_user_id=line.user_id, p_types=types)
        assert answer["outcome"] == "found"
        return answer

    async def test_what_lies_in_a_queue_is_counted(self, line: Line) -> None:
        await line.configure(handout_window=1)
        await line.start()
        for _ in range(3):
            await line.job()
        counts = (await self.ask(line))["queues"][line.queue]
        assert counts == {"waiting": 3, "handed_out": 1, "running": 1, "is_paused": False}

    async def test_a_new_job_is_told_what_its_submission_will_be(self, line: Line, other_line: Line) -> None:
        for _ in range(3):
            await line.submit(user_id=other_line.user_id)
        eta = (await self.ask(line))["types"]["sdxl_image_fast"]
        submitted = await line.submit()
        assert eta == {name: submitted[name] for name in ("eta_p50_seconds", "eta_p90_seconds")}
        assert eta["eta_p50_seconds"] == 80

    async def test_the_user_s_own_waiting_jobs_are_listed_oldest_first(self, line: Line, other_line: Line) -> None:
        """P6"""
        await line.start()
        await line.submit(user_id=other_line.user_id)
        jobs = [await line.job() for _ in range(2)]
        listed = (await self.ask(line))["jobs"]
        assert [job["job_id"] for job in listed] == jobs
        found = await get(line, jobs[1])
        same = ("position", "eta_p50_seconds", "eta_p90_seconds")
        assert {name: listed[1][name] for name in same} == {name: found[name] for name in same}


class TestSystemMetrics:
    async def ask(self, line: Line) -> dict[str, Any]:
        answer = await line.database.call("system_metrics")
        assert answer["outcome"] == "found"
        found: dict[str, Any] = answer["queues"][line.queue]
        return found

    async def test_an_empty_queue_starts_a_job_at_once_and_has_no_means(self, line: Line) -> None:
        assert await self.ask(line) == {
            "waiting": 0,
            "handed_out": 0,
            "running": 0,
            "is_paused": False,
            "workers": 1,
            "wait_p50_seconds": 0,
            "wait_p90_seconds": 0,
            "success_rate": None,
            "mean_wait_seconds": None,
            "mean_run_seconds": None,
        }

    async def test_the_wait_is_that_of_a_job_before_it_runs(self, line: Line) -> None:
        await line.start(expected_run_seconds=300)
        await line.submit(expected_run_seconds=50)
        found = await self.ask(line)
        assert found["wait_p50_seconds"] == pytest.approx(350, abs=2)

    async def test_a_cancelled_job_is_no_failure(self, line: Line) -> None:
        for _ in range(3):
            attempt = await line.start()
            await attempt.finish()
        await (await line.start()).fail(retryable=False)
        await line.cancel(await line.job())
        assert (await self.ask(line))["success_rate"] == 0.75

    async def test_means_are_of_completed_jobs(self, line: Line) -> None:
        for wait, run in ((2, 10), (4, 20)):
            attempt = await line.start()
            await attempt.finish()
            await line.turn_back("jobs", "started_at", attempt.job_id, f"{run} seconds")
            await line.turn_back("jobs", "created_at", attempt.job_id, f"{run + wait} seconds")
        await (await line.start()).fail(retryable=False)
        found = await self.ask(line)
        assert found["mean_wait_seconds"] == pytest.approx(3, abs=0.5)
        assert found["mean_run_seconds"] == pytest.approx(15, abs=0.5)


class TestHealth:
    async def test_it_tells_how_long_ago_the_last_sweep_was(self, line: Line, sweep: Sweep) -> None:
        await line.owner.execute("update sweeps set last_run = clock_timestamp() - interval '10 minutes'")
        health = await line.database.call("health")
        assert health["outcome"] == "healthy"
        assert health["seconds_since_sweep"] >= 600
        await sweep()
        assert (await line.database.call("health"))["seconds_since_sweep"] < 600
