"""The official Python client, synchronous, plays each function once."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from supabase import Client, ClientOptions, create_client
from supabase_functions.errors import FunctionsHttpError

from devstack.project import Project
from functions.app import ROUTERS
from tests.clients.results import finish_job
from tests.fixtures.lifecycle import Line
from tests.fixtures.pictures import png
from tests.fixtures.users import User
from tests.fixtures.workers import Face, healthy

JOB = {"job_type": "sdxl_image_fast", "prompt": "a red circle"}
TEXTS = {"original_prompt": "a red cat", "enhanced_prompt": "a red cat, soft light"}

USERS: dict[str, tuple[dict[str, Any] | None, set[str]]] = {
    "queue-job": (JOB, {"jobId", "job_id", "queueName", "etaSeconds"}),
    "jobs": ({"limit": 1}, {"jobs"}),
    "assets": ({"source": "library"}, {"assets", "nextCursor"}),
    "queue-status": (None, {"queueDepth", "queues", "jobs"}),
    "enhance-prompt": ({"prompt": "a red cat"}, {"enhanced_prompt", "enhancement_metadata"}),
    "get-negative-prompt": ({"modelType": "sdxl"}, {"baseNegativePrompt", "groups"}),
    "reference-images": (None, {"references", "used_bytes"}),
    "health-check-workers": (None, {"healthResults", "timestamp"}),
}
ADMINS: dict[str, tuple[dict[str, Any] | None, set[str]]] = {
    "system-metrics": (None, {"workers", "queues", "etaEstimates"}),
    "generate-admin-image": ({"prompt": "a red circle", "wait_seconds": 0}, {"job_id", "status"}),
    "refresh-prompt-cache": ({}, {"cache_stats"}),
    "validate-enhancement-fix": (TEXTS, {"validation_results", "overall_score"}),
}
IN_SCENES = {"workspace-actions", "upload-reference", "cancel-job", "replay-job", "playground-chat"}
OF_WORKERS = {"register-chat-worker", "update-worker-url", "get-active-worker-url"}
NOT_OF_CLIENTS = {"job-callback", "dispatch-jobs", "health"}

pytestmark = pytest.mark.usefixtures("no_workers")


def test_each_function_is_played_here() -> None:
    played = [*USERS, *ADMINS, *IN_SCENES, *OF_WORKERS, *NOT_OF_CLIENTS]
    assert sorted(played) == sorted(ROUTERS)


@pytest.fixture
def sign_in(project: Project) -> Iterator[Callable[[str, str], Client]]:
    with httpx.Client(timeout=30) as http:

        def sign_in(email: str, password: str) -> Client:
            options = ClientOptions(httpx_client=http, auto_refresh_token=False)
            client = create_client(project.url, project.keys.publishable_key, options)
            client.auth.sign_in_with_password({"email": email, "password": password})
            return client

        yield sign_in


@pytest.fixture
def client(sign_in: Callable[[str, str], Client], user: User) -> Client:
    return sign_in(user.email, user.password)


@pytest.fixture
def admin(sign_in: Callable[[str, str], Client], project: Project) -> Client:
    env = project.public_env()
    return sign_in(env["ADMIN_EMAIL"], env["ADMIN_PASSWORD"])


def invoke(client: Client, function: str, body: Any = None, **options: Any) -> dict[str, Any]:
    with_body = {} if body is None else {"body": body}
    answer: Any = client.functions.invoke(function, {**with_body, **options, "responseType": "json"})
    assert answer["success"] is True
    found: dict[str, Any] = answer
    return found


async def test_a_user_calls_what_users_may(client: Client) -> None:
    for function, (body, fields) in USERS.items():
        assert fields <= invoke(client, function, body).keys(), function


async def test_an_admin_calls_what_admins_may_and_a_user_is_told_so(admin: Client, client: Client, owner: Any) -> None:
    """The error is a sentence that the client can show."""
    for function, (body, fields) in ADMINS.items():
        answer = invoke(admin, function, body)
        assert fields <= answer.keys(), function
        with pytest.raises(FunctionsHttpError, match="Only an admin may"):
            invoke(client, function, body)
        if "job_id" in answer:
            await owner.execute("delete from jobs where id = $1::text::uuid", answer["job_id"])


async def test_a_job_is_cancelled_and_a_failed_one_replayed(client: Client, admin: Client, other_line: Line) -> None:
    job_id = invoke(client, "queue-job", JOB)["jobId"]
    assert invoke(client, "cancel-job", {"job_id": job_id})["status"] == "cancelled"
    failed = await other_line.start()
    await failed.fail(retryable=False)
    replayed = invoke(admin, "replay-job", {"job_id": failed.job_id})
    assert (replayed["replayOf"], replayed["status"]) == (failed.job_id, "queued")
    with pytest.raises(FunctionsHttpError, match="admin"):
        invoke(client, "replay-job", {"job_id": failed.job_id})


async def test_a_result_is_saved_copied_back_and_cleared(
    client: Client, project: Project, line: Line, user: User
) -> None:
    _, (asset,) = await finish_job(project, line, user)
    saved = invoke(client, "workspace-actions", {"action": "clear_asset", "assetId": asset})["libraryAssetId"]
    copied = invoke(client, "workspace-actions", {"action": "copy_to_workspace", "libraryAssetId": saved})
    listed = invoke(client, "assets", {"source": "workspace"})["assets"]
    assert [found["id"] for found in listed] == [copied["workspaceAssetId"]]
    assert invoke(client, "workspace-actions", {"action": "clear_workspace"})["assetsProcessed"] == 1


async def test_a_picture_is_uploaded_as_a_form(client: Client, user: User) -> None:
    """The client knows no forms; it sends the bytes of one."""
    form = httpx.Request("POST", "http://form.test", files={"file": ("mine.png", png(), "image/png")})
    headers = {"Content-Type": form.headers["content-type"]}
    uploaded = invoke(client, "upload-reference", form.read(), headers=headers)
    assert uploaded["path"].startswith(f"{user.id}/")
    (listed,) = invoke(client, "reference-images")["references"]
    assert listed["path"] == uploaded["path"]


async def test_a_worker_is_registered_moved_and_found(
    client: Client, admin: Client, project: Project, face: Face
) -> None:
    face.says = healthy(worker_type="chat").model_dump()
    secret = {"Authorization": f"Bearer {project.secrets.worker_secret}"}
    registered = invoke(admin, "register-chat-worker", {"worker_url": face.url}, headers=secret)
    moved = invoke(admin, "update-worker-url", {"worker_url": face.url, "worker_type": "chat"})
    found = invoke(client, "get-active-worker-url", {"worker_type": "chat"})
    assert {answer["worker_url"] for answer in (registered, moved, found)} == {face.url}
    with pytest.raises(FunctionsHttpError, match="registration secret"):
        invoke(client, "register-chat-worker", {"worker_url": face.url})


async def test_a_message_that_finds_no_worker_is_an_error_with_its_status(client: Client) -> None:
    with pytest.raises(FunctionsHttpError) as refusal:
        invoke(client, "playground-chat", {"message": "Hello", "message_id": str(uuid4())})
    assert refusal.value.status == 503
