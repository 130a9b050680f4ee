"""An upload held open past a newer attempt's completion changes nothing (P4)."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from devstack.project import Project
from tests.fixtures.users import User

PNG = {"content-type": "image/png", "x-upsert": "false"}
WEBP = {"content-type": "image/webp", "x-upsert": "false"}


class Attempt:
    """A worker at the level of the wire."""

    def __init__(self, http: httpx.AsyncClient, callback_url: str, claim: dict[str, Any]) -> None:
        self.http = http
        self.callback_url = callback_url
        self.claim = claim
        self.uploads = {upload["role"]: upload for upload in claim["uploads"]}

    async def deliver(self, asset: Any) -> list[httpx.Response]:
        return [
            await self.http.put(self.uploads["asset"]["url"], content=asset, headers=PNG),
            await self.http.put(self.uploads["thumbnail"]["url"], content=b"thumbnail", headers=WEBP),
        ]

    async def complete(self) -> httpx.Response:
        asset = {
            "type": "image",
            "url": self.uploads["asset"]["path"],
            "thumbnail_url": self.uploads["thumbnail"]["path"],
            "metadata": {"asset_index": 0, "width": 64, "height": 64},
        }
        body = {"job_id": self.claim["job"]["id"], "status": "completed", "assets": [asset]}
        headers = {"Authorization": f"Bearer {self.claim['token']}"}
        return await self.http.post(self.callback_url, json=body, headers=headers)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30) as client:
        yield client


async def test_a_late_upload_and_a_late_report_of_an_old_attempt_change_nothing(
    project: Project, user: User, owner: Any, http: httpx.AsyncClient
) -> None:
    callback_url = project.public_env()["JOB_CALLBACK_URL"]
    submitted = await http.post(
        f"{project.url}/functions/v1/queue-job",
        json={"job_type": "sdxl_image_fast", "prompt": "a red circle"},
        headers=user.headers,
    )
    job_id = submitted.json()["job_id"]
    first = Attempt(http, callback_url, await _claim(http, project, owner, job_id))

    may_finish = asyncio.Event()

    async def slow_bytes() -> AsyncIterator[bytes]:
        yield b"the first attempt's"
        await may_finish.wait()
        yield b" late picture"

    held = asyncio.create_task(first.deliver(slow_bytes()))
    await _end_lease(http, project, owner, job_id)
    second = Attempt(http, callback_url, await _claim(http, project, owner, job_id))
    assert [upload.status_code for upload in await second.deliver(b"the second attempt's picture")] == [200, 200]
    assert (await second.complete()).json()["status"] == "completed"
    before = await _state(owner, job_id)

    may_finish.set()
    assert [upload.status_code for upload in await held] == [200, 200]
    late = await first.complete()

    assert late.json()["skipped"] is True
    assert await _state(owner, job_id) == before
    (asset,) = before["assets"]
    assert asset["temp_storage_path"] == second.uploads["asset"]["path"]
    assert await _download(http, project, asset["temp_storage_path"]) == b"the second attempt's picture"


async def _claim(http: httpx.AsyncClient, project: Project, owner: Any, job_id: str) -> dict[str, Any]:
    """Claim with the token of the latest hand-out, as the queue element carries it."""
    from shared.tokens import JobTokens

    handout = None
    while handout is None:
        handout = await owner.fetchval(
            "select handout from jobs where id = $1 and handed_out_at is not null", uuid.UUID(job_id)
        )
        await asyncio.sleep(0.05)
    token = JobTokens(project.secrets.job_token_secret).queue_token(job_id, handout)
    body = {"job_id": job_id, "status": "processing", "worker_id": "wire", "claim_id": uuid.uuid4().hex}
    answer = await http.post(
        project.public_env()["JOB_CALLBACK_URL"], json=body, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200, answer.text
    claim: dict[str, Any] = answer.json()
    return claim


async def _end_lease(http: httpx.AsyncClient, project: Project, owner: Any, job_id: str) -> None:
    """As if the worker had been silent for longer than its lease; the back-off is skipped."""
    await owner.execute(
        "update job_leases set expires_at = clock_timestamp() - interval '1 second' where job_id = $1",
        uuid.UUID(job_id),
    )
    headers = {"apikey": project.keys.secret_key}
    while await owner.fetchval("select status from jobs where id = $1", uuid.UUID(job_id)) == "processing":
        await http.post(f"{project.url}/functions/v1/dispatch-jobs", headers=headers)
    await owner.execute("update jobs set not_before = null where id = $1", uuid.UUID(job_id))


async def _state(owner: Any, job_id: str) -> dict[str, Any]:
    job = await owner.fetchrow("select * from jobs where id = $1", uuid.UUID(job_id))
    assets = await owner.fetch("select * from workspace_assets where job_id = $1", uuid.UUID(job_id))
    return {"job": dict(job), "assets": [dict(asset) for asset in assets]}


async def _download(http: httpx.AsyncClient, project: Project, path: str) -> bytes:
    headers = {"apikey": project.keys.secret_key}
    answer = await http.get(f"{project.url}/storage/v1/object/workspace-temp/{path}", headers=headers)
    return answer.content
