"""Workers of before: they hold the service key, take jobs without asking and report only the end."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from devstack.project import Project
from tests.fixtures.functions import bearer
from tests.fixtures.wire import PNG, WEBP, Wire

Say = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture(params=["service_role_key", "secret_key"])
def as_service(request: pytest.FixtureRequest, project: Project) -> dict[str, str]:
    return bearer(getattr(project.keys, request.param))


@pytest.fixture
def say(wire: Wire, as_service: dict[str, str]) -> Say:
    async def say(job_id: str, status: str, **fields: Any) -> httpx.Response:
        body = {"job_id": job_id, "status": status, **fields}
        return await wire.edge.http.post("job-callback", json=body, headers=as_service)

    return say


async def put(wire: Wire, project: Project, path: str, content: bytes, content_type: str) -> None:
    """As those workers did: with the service key, over whatever was there."""
    headers = {**bearer(project.keys.service_role_key), "content-type": content_type, "x-upsert": "true"}
    answer = await wire.web.post(
        f"{project.url}/storage/v1/object/workspace-temp/{path}", content=content, headers=headers
    )
    assert answer.status_code == 200, answer.text


async def delivered(wire: Wire, project: Project, job_id: str, count: int = 1) -> list[dict[str, Any]]:
    """Objects at {user}/{job}/{index}.png, and the assets that name them."""
    folder = f"{wire.user.id}/{job_id}"
    for index in range(count):
        await put(wire, project, f"{folder}/{index}.png", PNG, "image/png")
        await put(wire, project, f"{folder}/{index}.thumb.webp", WEBP, "image/webp")
    return [
        {
            "type": "image",
            "url": f"{folder}/{index}.png",
            "thumbnail_url": f"{folder}/{index}.thumb.webp",
            "metadata": {"width": 64, "height": 64, "seed": 7 + index, "asset_index": index},
        }
        for index in range(count)
    ]


async def test_it_completes_a_job_that_nobody_claimed(wire: Wire, project: Project, say: Say) -> None:
    job_id = await wire.submit(num_images=3)
    answer = await say(job_id, "completed", assets=await delivered(wire, project, job_id, 3))
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")
    assert [asset["asset_index"] for asset in await wire.assets(job_id)] == [0, 1, 2]
    row = await wire.job(job_id)
    assert (row["attempts"], row["started_at"] is None) == (1, False)


async def test_it_fails_a_job_that_nobody_claimed(wire: Wire, say: Say) -> None:
    job_id = await wire.submit()
    assert (await say(job_id, "failed", assets=[], error_message="It is broken.")).json()["status"] == "failed"
    assert (await wire.job(job_id))["error_message"] == "It is broken."


async def test_it_may_report_progress_before_the_end(wire: Wire, project: Project, say: Say) -> None:
    job_id = await wire.submit()
    assert (await say(job_id, "processing", progress=0.5)).json() == {"success": True, "cancelled": False}
    assert (await wire.job(job_id))["status"] == "processing"
    answer = await say(job_id, "completed", assets=await delivered(wire, project, job_id))
    assert answer.json()["status"] == "completed"
    assert (await wire.job(job_id))["attempts"] == 1


async def test_its_second_report_of_an_end_is_skipped(wire: Wire, say: Say) -> None:
    """K4: an end is an end."""
    job_id = await wire.submit()
    await say(job_id, "failed")
    answer = await say(job_id, "completed", assets=[f"{wire.user.id}/{job_id}/0.png"])
    assert (answer.status_code, answer.json()["skipped"], answer.json()["status"]) == (200, True, "failed")
    assert await wire.assets(job_id) == []


@pytest.mark.parametrize("status", ["processing", "completed", "failed", "cancelled"])
async def test_it_may_not_touch_a_job_that_a_worker_claimed(wire: Wire, say: Say, status: str) -> None:
    """K1: the service key alone ends no job that another worker holds."""
    attempt = await wire.start()
    await attempt.deliver()
    before = await wire.job(attempt.job_id)
    answer = await say(attempt.job_id, status, assets=attempt.assets(0))
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_handout")
    assert await wire.job(attempt.job_id) == before


async def test_it_may_not_touch_a_job_that_was_claimed_before(wire: Wire, say: Say) -> None:
    attempt = await wire.start()
    await attempt.say("cancelled")
    answer = await say(attempt.job_id, "failed")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_handout")


@pytest.mark.parametrize("place", ["{user}/{job}/1-0.png", "{job}/{user}/0.png", "{user}/0.png", "elsewhere.png"])
async def test_its_outputs_lie_in_the_job_s_folder(wire: Wire, say: Say, place: str) -> None:
    """K3: no path of its own choice."""
    job_id = await wire.submit()
    path = place.format(user=wire.user.id, job=job_id)
    answer = await say(job_id, "completed", assets=[path])
    assert (answer.status_code, answer.json()["code"]) == (422, "output_refused")
    assert await wire.assets(job_id) == []


async def test_an_attempt_token_delivers_nothing_to_the_old_places(wire: Wire, project: Project) -> None:
    """P4: only the attempt's number keeps a late upload away from a finished object."""
    attempt = await wire.start()
    (asset,) = await delivered(wire, project, attempt.job_id)
    answer = await attempt.say("completed", assets=[asset])
    assert (answer.status_code, answer.json()["code"]) == (422, "output_refused")


async def test_an_unknown_job_is_not_found(say: Say) -> None:
    answer = await say("5f1f4c3e-8b1a-4f57-9d3c-2e6f7a8b9c0d", "completed")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_its_lease_lasts_as_long_as_an_attempt_may_for_it_sends_no_heartbeat(
    wire: Wire, say: Say, owner: Any
) -> None:
    job_id = await wire.submit()
    for _ in range(2):
        assert (await say(job_id, "processing")).status_code == 200
        left = await owner.fetchval(
            "select extract(epoch from expires_at - clock_timestamp()) from job_leases where job_id = $1::uuid",
            UUID(job_id),
        )
        assert 800 < left <= 900
