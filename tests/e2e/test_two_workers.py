"""Two workers on one job: the older one was cut off, lost its lease, and comes back while the younger one draws."""

import asyncio
import threading
import time
from typing import Any
from uuid import UUID

import httpx
import pytest

from devstack.project import Project
from gpu_handler.attempt.outcome import Outcome
from gpu_handler.callback import HttpJobCallback
from gpu_handler.generators.fake import FakeGenerator
from gpu_handler.generators.protocol import Generated, OnStep
from gpu_handler.generators.references import References
from gpu_handler.http import new_client
from gpu_handler.intake import Ticket
from gpu_handler.storage import HttpObjectStorage
from gpu_handler.worker import Worker
from shared.messages import JobOrder, ProgressReply, ProgressReport
from shared.model_variants import MODEL_SETS
from shared.tokens import JobTokens
from tests.fixtures.equipment import equipment
from tests.fixtures.users import User

NATIVE = MODEL_SETS["demo"]["sdxl"]
PATIENCE = 30.0


class EndlessGenerator(FakeGenerator):
    """Steps until it is told to stop."""

    has_given_up = False

    def generate(self, order: JobOrder, index: int, references: References, on_step: OnStep) -> Generated:  # noqa: ARG002
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            time.sleep(0.01)
            on_step(1, 2)
        self.has_given_up = True
        raise TimeoutError


class WaitingGenerator(FakeGenerator):
    """Begins when it may."""

    def __init__(self) -> None:
        super().__init__(NATIVE)
        self.has_begun, self.may_go_on = threading.Event(), threading.Event()

    def generate(self, order: JobOrder, index: int, references: References, on_step: OnStep) -> Generated:
        self.has_begun.set()
        assert self.may_go_on.wait(PATIENCE)
        return super().generate(order, index, references, on_step)


class SeverableCallback(HttpJobCallback):
    """Reports nothing while somebody else holds ``line``."""

    def __init__(self, client: httpx.Client, url: str) -> None:
        super().__init__(client, url)
        self.line = threading.Lock()

    def progress(self, token: str, report: ProgressReport) -> ProgressReply:
        with self.line:
            return super().progress(token, report)


@pytest.fixture
async def job_id(project: Project, user: User) -> str:
    body = {"job_type": "sdxl_image_fast", "prompt": "a red circle", "num_images": 3, "steps": 2}
    async with httpx.AsyncClient(base_url=project.url, headers=user.headers) as http:
        answer = await http.post("/functions/v1/queue-job", json=body)
    return str(answer.json()["job_id"])


async def test_the_older_worker_stops_as_soon_as_it_is_told(project: Project, owner: Any, job_id: str) -> None:
    """P4"""
    with new_client() as client:
        callback = SeverableCallback(client, project.public_env()["JOB_CALLBACK_URL"])
        endless = EndlessGenerator(NATIVE)
        older = Worker(equipment("older", callback, HttpObjectStorage(client), {"sdxl": endless}))
        running = asyncio.create_task(asyncio.to_thread(older.run, await ticket(project, owner, job_id)))
        await until(owner, job_id, "stage", "generating")
        await asyncio.to_thread(callback.line.acquire)
        await lose_lease(owner, job_id)

        generator = WaitingGenerator()
        reports = HttpJobCallback(client, project.public_env()["JOB_CALLBACK_URL"])
        younger = Worker(equipment("younger", reports, HttpObjectStorage(client), {"sdxl": generator}))
        finishing = asyncio.create_task(asyncio.to_thread(younger.run, await ticket(project, owner, job_id)))
        assert await asyncio.to_thread(generator.has_begun.wait, PATIENCE)
        callback.line.release()

        assert await running is Outcome.SUPERSEDED
        assert not endless.has_given_up
        assert not finishing.done()
        generator.may_go_on.set()
        assert await finishing is Outcome.COMPLETED

    row = await owner.fetchrow("select status, attempts from jobs where id = $1", UUID(job_id))
    assert tuple(row) == ("completed", 2)
    assets = await owner.fetch("select temp_storage_path from workspace_assets where job_id = $1", UUID(job_id))
    assert sorted(asset["temp_storage_path"].rsplit("/", 1)[1] for asset in assets) == ["2-0.png", "2-1.png", "2-2.png"]


async def ticket(project: Project, owner: Any, job_id: str) -> Ticket:
    """As an element of the job's queue carries it; the job is handed out at once, however full the window is."""
    query = """
        update jobs set handout = handout + (handed_out_at is null)::integer, not_before = null,
            handed_out_at = coalesce(handed_out_at, clock_timestamp())
        where id = $1 returning handout
    """
    handout = await owner.fetchval(query, UUID(job_id))
    return Ticket(job_id, JobTokens(project.secrets.job_token_secret).queue_token(job_id, handout))


async def lose_lease(owner: Any, job_id: str) -> None:
    """As if the worker had been silent for longer than its lease."""
    query = "update job_leases set expires_at = clock_timestamp() - interval '1 second' where job_id = $1"
    await owner.execute(query, UUID(job_id))
    async with asyncio.timeout(PATIENCE):
        while await owner.fetchval("select status from jobs where id = $1", UUID(job_id)) == "processing":
            await owner.fetchval("select public.sweep_jobs()")


async def until(owner: Any, job_id: str, column: str, value: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while await owner.fetchval(f"select {column} from jobs where id = $1", UUID(job_id)) != value:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
