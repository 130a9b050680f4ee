"""Each endpoint, called with a valid body on the running stack, answers 2xx: none is left out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from devstack.project import Project
from functions.app import create_app
from tests.fixtures.functions import Edge, bearer, project_environment, started
from tests.fixtures.operations import Operation, operations
from tests.fixtures.pictures import png
from tests.fixtures.users import User
from tests.fixtures.wire import Wire
from tests.fixtures.workers import served_face

JOB = {"job_type": "sdxl_image_fast", "prompt": "a red cat"}

Options = dict[str, Any]
"""Of the request: ``json`` or ``files``, ``headers`` in place of those of the operation's first mode, and the parts of
its URL under ``path``."""


@dataclass(frozen=True)
class World:
    """A user, an admin, workers, and what they have made by the time of the call."""

    wire: Wire
    admin: User
    project: Project
    worker_url: str

    def headers(self, mode: str) -> dict[str, str]:
        return {
            "user": self.wire.user.headers,
            "admin": self.admin.headers,
            "secret": {"apikey": self.project.keys.secret_key},
            "worker": bearer(self.project.secrets.worker_secret),
        }[mode]

    async def call(self, operation_id: str) -> httpx.Response:
        """One of the operations, with its valid body."""
        (operation,) = [one for one in operations() if one.id == operation_id]
        entry = VALID[operation_id]
        options = dict(await entry(self) if callable(entry) else entry)
        if operation.modes:
            options.setdefault("headers", self.headers(operation.modes[0]))
        url = operation.filled(**options.pop("path", {}))
        return await self.wire.edge.http.request(operation.method, url, **options)

    async def asset(self) -> str:
        """The id of a new job's image, in the workspace."""
        attempt = await self.wire.start()
        assert (await attempt.complete()).status_code == 200
        (asset,) = await self.wire.assets(attempt.job_id)
        return str(asset["id"])


async def a_claim(world: World) -> Options:
    job_id = await world.wire.submit()
    body = {"job_id": job_id, "status": "processing", "worker_id": "one", "claim_id": "first"}
    return {"json": body, "headers": bearer(await world.wire.queue_token(job_id))}


async def a_waiting_job(world: World) -> Options:
    return {"json": {"job_id": await world.wire.submit()}}


async def a_job_in_the_path(world: World) -> Options:
    return {"path": {"job_id": await world.wire.submit()}}


async def an_asset_in_the_path(world: World) -> Options:
    return {"path": {"asset_id": await world.asset()}}


async def an_asset_to_save(world: World) -> Options:
    return {"json": {"action": "save_to_library", "asset_id": await world.asset()}}


async def a_failed_job(world: World) -> Options:
    attempt = await world.wire.start()
    said = await attempt.say("failed", error_code="bad_input", error_message="No.", retryable=False)
    assert said.status_code == 200
    return {"json": {"job_id": attempt.job_id}, "headers": world.admin.headers}


async def as_an_admin(world: World) -> Options:
    return {"headers": world.admin.headers}


async def a_worker(world: World) -> Options:
    return {"json": {"worker_url": world.worker_url, "worker_id": "one", "auto_registered": True}}


async def a_worker_that_moves(world: World) -> Options:
    return {"json": {"worker_url": world.worker_url, "worker_type": "wan"}, "headers": world.admin.headers}


async def a_registered_worker_s_type(world: World) -> Options:
    assert (await world.call("post_register_chat_worker")).status_code == 200
    return {"json": {"worker_type": "chat"}}


async def a_message(world: World) -> Options:
    assert (await world.call("post_register_chat_worker")).status_code == 200
    return {"json": {"message": "Hello."}}


async def an_uploaded_picture(world: World) -> Options:
    path = (await world.call("post_upload_reference")).json()["path"]
    return {"path": {"name": path.rpartition("/")[2]}}


Entry = Options | Callable[[World], Awaitable[Options]]

VALID: dict[str, Entry] = {
    "post_queue_job": {"json": {**JOB, "num_images": 3, "seed": 7}},
    "post_job_callback": a_claim,
    "post_cancel_job": a_waiting_job,
    "get_jobs": {},
    "post_jobs": {"json": {"limit": 5}},
    "get_jobs_job_id": a_job_in_the_path,
    "get_assets": {},
    "post_assets": {"json": {"source": "workspace"}},
    "get_assets_asset_id": an_asset_in_the_path,
    "delete_assets_asset_id": an_asset_in_the_path,
    "post_workspace_actions": an_asset_to_save,
    "post_replay_job": a_failed_job,
    "get_queue_status": {},
    "post_queue_status": {},
    "get_system_metrics": as_an_admin,
    "post_system_metrics": as_an_admin,
    "post_generate_admin_image": {"json": {"prompt": "a red cat", "wait_seconds": 0}},
    "post_register_chat_worker": a_worker,
    "post_update_worker_url": a_worker_that_moves,
    "post_get_active_worker_url": a_registered_worker_s_type,
    "post_health_check_workers": {},
    "post_enhance_prompt": {"json": {"prompt": "a red cat", "job_type": "sdxl_image_fast"}},
    "post_refresh_prompt_cache": {"json": {"force_refresh": True}},
    "post_get_negative_prompt": {"json": {"modelType": "sdxl", "contentMode": "sfw"}},
    "post_validate_enhancement_fix": {
        "json": {"original_prompt": "a cat", "enhanced_prompt": "a fine cat", "test_cases": ["keeps: cat"]}
    },
    "post_upload_reference": {"files": {"file": ("cat.png", png(), "image/png")}},
    "get_reference_images": {},
    "post_reference_images": {"json": {"limit": 5}},
    "delete_reference_images_name": an_uploaded_picture,
    "post_playground_chat": a_message,
    "post_dispatch_jobs": {"json": {"housekeeping": False}},
    "get_health": {},
}


@pytest.fixture(scope="module")
async def running(project: Project) -> AsyncIterator[Edge]:
    """The functions' own process behind the gateway; the clients are for what a test knows of its secrets."""
    async with (
        started(create_app(), project_environment(project, "postgres")) as edge,
        httpx.AsyncClient(base_url=f"{project.url}/functions/v1/", timeout=30) as http,
    ):
        yield Edge(http, edge.clients)


@pytest.fixture(scope="module")
def worker_url() -> Iterator[str]:
    with served_face() as face:
        yield face.url


@pytest.fixture
async def world(
    running: Edge, project: Project, web: httpx.AsyncClient, owner: Any, user: User, other_user: User, worker_url: str
) -> AsyncIterator[World]:
    await owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", UUID(other_user.id))
    yield World(Wire(running, web, owner, user), other_user, project, worker_url)
    await owner.execute("delete from workers where url = $1", worker_url)


def test_every_operation_has_a_valid_body() -> None:
    """Where this fails: a new operation needs its entry in ``VALID``."""
    assert VALID.keys() == {operation.id for operation in operations()}


@pytest.mark.parametrize("operation", [one for one in operations() if one.id in VALID], ids=lambda one: one.id)
async def test_each_endpoint_called_with_a_valid_body_answers_2xx_on_the_running_stack(
    world: World, operation: Operation
) -> None:
    answer = await world.call(operation.id)
    assert answer.is_success, answer.text
    assert str(answer.status_code) in operation.raw["responses"]
    assert answer.json().get("success") is not False
