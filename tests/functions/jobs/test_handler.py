"""A user's own jobs over HTTP, each way of asking."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from functions.edge.database import DatabaseUnavailable
from functions.edge.storage import StorageUnavailable
from tests.fixtures.functions import Doubles
from tests.fixtures.rows import job_row
from tests.fixtures.users import User
from tests.fixtures.wire import PNG, WEBP, Wire

FOUND = {
    "outcome": "found",
    "job": job_row(),
    "position": 0,
    "eta_p50_seconds": 25,
    "eta_p90_seconds": 50,
    "assets": [],
}


async def listed(wire: Wire, **query: Any) -> list[str]:
    """The ids that a list shows."""
    answer = await wire.edge.http.get("jobs", params=query, headers=wire.user.headers)
    assert answer.status_code == 200, answer.text
    return [job["id"] for job in answer.json()["jobs"]]


async def test_the_list_is_newest_first(wire: Wire) -> None:
    ids = [await wire.submit() for _ in range(3)]
    assert await listed(wire) == ids[::-1]


async def test_a_user_without_jobs_has_an_empty_list(wire: Wire) -> None:
    assert await listed(wire) == []


async def test_the_list_can_be_read_in_pages(wire: Wire) -> None:
    ids = [await wire.submit() for _ in range(5)]
    seen, before = [], None
    for _ in range(3):
        query = {"limit": 2} | ({"before": before} if before else {})
        page = (await wire.edge.http.get("jobs", params=query, headers=wire.user.headers)).json()["jobs"]
        seen += [job["id"] for job in page]
        before = page[-1]["created_at"]
    assert seen == ids[::-1]


async def test_the_list_can_be_narrowed_to_a_status(wire: Wire) -> None:
    waiting, running = await wire.submit(), (await wire.start()).job_id
    assert await listed(wire, status="queued") == [waiting]
    assert await listed(wire, status="processing") == [running]
    assert await listed(wire, status="completed") == []


async def test_another_user_s_jobs_are_not_in_the_list(wire: Wire, other_user: User) -> None:
    """P6."""
    await wire.submit()
    answer = await wire.edge.http.get("jobs", headers=other_user.headers)
    assert answer.json() == {"success": True, "jobs": []}


@pytest.mark.parametrize(
    "ask",
    [
        lambda http, job_id, headers: http.get(f"jobs/{job_id}", headers=headers),
        lambda http, job_id, headers: http.get("jobs", params={"job_id": job_id}, headers=headers),
        lambda http, job_id, headers: http.get("jobs", params={"jobId": job_id}, headers=headers),
        lambda http, job_id, headers: http.get("jobs", params={"id": job_id}, headers=headers),
        lambda http, job_id, headers: http.post("jobs", json={"job_id": job_id}, headers=headers),
        lambda http, job_id, headers: http.post("jobs", json={"jobId": job_id}, headers=headers),
        lambda http, job_id, headers: http.get(f"http://functions.test/api/jobs/{job_id}", headers=headers),
    ],
    ids=["path", "job_id", "jobId", "id", "POST job_id", "POST jobId", "/api"],
)
class TestOneJob:
    async def test_it_is_found(self, wire: Wire, ask: Any) -> None:
        job_id = await wire.submit()
        answer = await ask(wire.edge.http, job_id, wire.user.headers)
        assert answer.status_code == 200
        assert answer.json()["job"]["id"] == job_id

    async def test_it_is_the_answer_itself_too_as_the_documents_read_it(self, wire: Wire, ask: Any) -> None:
        answer = (await ask(wire.edge.http, await wire.submit(), wire.user.headers)).json()
        assert (answer["status"], answer["job_type"]) == ("queued", "sdxl_image_fast")
        assert answer == {"success": True, **answer["job"], "job": answer["job"]}

    async def test_another_user_s_is_not_found(self, wire: Wire, other_user: User, ask: Any) -> None:
        """P6, K14: the answer is that of a job that does not exist."""
        theirs = await ask(wire.edge.http, await wire.submit(), other_user.headers)
        nobody_s = await ask(wire.edge.http, str(uuid4()), other_user.headers)
        assert (theirs.status_code, theirs.json()["error"]) == (nobody_s.status_code, nobody_s.json()["error"])
        assert (theirs.status_code, theirs.json()["code"]) == (404, "not_found")


async def test_a_waiting_job_says_where_it_stands(wire: Wire) -> None:
    job_id = await wire.submit()
    job = (await wire.edge.http.get(f"jobs/{job_id}", headers=wire.user.headers)).json()["job"]
    assert (job["status"], job["stage"], job["progress"], job["error"]) == ("queued", "queued", 0, None)
    assert job["position"] >= 0
    assert 0 < job["etaSeconds"] <= job["etaP90Seconds"]
    assert job["assets"] == job["warnings"] == []


async def test_a_finished_job_s_urls_lead_to_its_objects(wire: Wire) -> None:
    attempt = await wire.start(num_images=3)
    await attempt.complete()
    job = (await wire.edge.http.get(f"jobs/{attempt.job_id}", headers=wire.user.headers)).json()["job"]
    assert (job["status"], job["progress"], job["position"], job["etaSeconds"]) == ("completed", 100, None, None)
    assert [asset["asset_index"] for asset in job["assets"]] == [0, 1, 2]
    for asset in job["assets"]:
        assert (await wire.web.get(asset["url"])).content == PNG
        assert (await wire.web.get(asset["thumbnail_url"])).content == WEBP
    assert job["metadata"]["primary_asset"] == job["assets"][0]["url"]


async def test_a_job_on_its_way_says_how_far_it_is(wire: Wire) -> None:
    """Q9: there is progress to read."""
    attempt = await wire.start()
    await attempt.say("processing", progress=0.42, stage="generating")
    job = (await wire.edge.http.get(f"jobs/{attempt.job_id}", headers=wire.user.headers)).json()["job"]
    assert (job["status"], job["stage"], job["progress"], job["position"]) == ("processing", "generating", 42, None)


async def test_a_failed_job_says_why(wire: Wire) -> None:
    attempt = await wire.start()
    await attempt.say("failed", error_message="It is broken.", error_code="bad_input")
    job = (await wire.edge.http.get(f"jobs/{attempt.job_id}", headers=wire.user.headers)).json()["job"]
    assert (job["error"], job["error_code"]) == ("It is broken.", "bad_input")


class TestQuery:
    async def _ask(self, doubles: Doubles, method: str, **query: Any) -> httpx.Response:
        if method == "GET":
            return await doubles.http.get("jobs", params=query, headers=doubles.as_user)
        return await doubles.http.post("jobs", json=query, headers=doubles.as_user)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("limit", 0),
            ("limit", 101),
            ("limit", "many"),
            ("status", "done"),
            ("before", "yesterday"),
            ("before", "2026-11-21T12:00:00"),
            ("job_id", "not a uuid"),
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_a_field_outside_its_bounds_is_refused(
        self, doubles: Doubles, method: str, name: str, value: Any
    ) -> None:
        answer = await self._ask(doubles, method, **{name: value})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
        assert answer.json()["details"].startswith(f"{name}: ")
        assert doubles.database.calls == []

    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_what_is_left_out_has_a_default(self, doubles: Doubles, method: str) -> None:
        doubles.database.will_answer("list_jobs", {"outcome": "listed", "jobs": []})
        await self._ask(doubles, method)
        ((_, arguments),) = doubles.database.calls
        assert arguments == {"p_user_id": doubles.user_id, "p_status": None, "p_before": None, "p_limit": 20}

    async def test_a_path_that_is_no_id_is_refused(self, doubles: Doubles) -> None:
        answer = await doubles.http.get("jobs/latest", headers=doubles.as_user)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("headers", [{}, {"apikey": "sb_publishable_guessed"}])
async def test_nobody_sees_anything(doubles: Doubles, headers: dict[str, str]) -> None:
    for path in ("jobs", f"jobs/{uuid4()}"):
        assert (await doubles.http.get(path, headers=headers)).status_code == 401
    assert doubles.database.calls == []


async def test_while_the_database_is_down_it_says_so(doubles: Doubles) -> None:
    doubles.database.will_answer("list_jobs", DatabaseUnavailable())
    answer = await doubles.http.get("jobs", headers=doubles.as_user)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")


async def test_while_storage_is_down_it_says_so(doubles: Doubles) -> None:
    class Down:
        async def sign_downloads(self, *_: Any) -> dict[str, str]:
            raise StorageUnavailable

    doubles.clients.storage = Down()  # type: ignore[assignment]
    doubles.database.will_answer("get_job", FOUND)
    answer = await doubles.http.get(f"jobs/{uuid4()}", headers=doubles.as_user)
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
