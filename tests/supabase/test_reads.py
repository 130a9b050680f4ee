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
        assert found == {"outcome": "found", "job": submitted["job"], "position": 1, "assets": []}

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


class TestHealth:
    async def test_it_tells_how_long_ago_the_last_sweep_was(self, line: Line, sweep: Sweep) -> None:
        await line.owner.execute("update sweeps set last_run = clock_timestamp() - interval '10 minutes'")
        health = await line.database.call("health")
        assert health["outcome"] == "healthy"
        assert health["seconds_since_sweep"] >= 600
        await sweep()
        assert (await line.database.call("health"))["seconds_since_sweep"] < 600
