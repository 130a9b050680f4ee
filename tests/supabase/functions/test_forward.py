"""The forwarders of a hosted project: what a client sends arrives at the Python service, and its answer comes back."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from devstack.migrations import ROOT
from devstack.ports import HOST
from devstack.project import Project
from tests.fixtures.users import User

SCRIPT = Path(__file__).parent / "forward.mjs"


@contextmanager
def _forwarder(functions_url: str) -> Iterator[httpx.Client]:
    with subprocess.Popen(["node", str(SCRIPT), functions_url], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with httpx.Client(base_url=f"http://{HOST}:{port}") as client:
            yield client
        process.terminate()


@pytest.fixture(scope="module")
def client(project: Project) -> Iterator[httpx.Client]:
    with _forwarder(f"{project.functions_url}/functions/v1") as client:
        yield client


@pytest.mark.parametrize("path", ["/queue-job", "/functions/v1/queue-job"])
def test_a_submission_goes_through(client: httpx.Client, user: User, path: str) -> None:
    body = {"job_type": "sdxl_image_fast", "prompt": "a red circle"}
    answer = client.post(path, json=body, headers=user.headers)
    assert answer.status_code == 200
    assert answer.json()["status"] == "queued"


def test_a_path_and_a_query_go_through(client: httpx.Client, user: User) -> None:
    answer = client.get("/jobs?status=failed&limit=3", headers=user.headers)
    assert answer.json() == {"success": True, "jobs": []}


def test_an_error_comes_back_as_it_is(client: httpx.Client) -> None:
    answer = client.post("/queue-job", json={})
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_preflight_comes_back(client: httpx.Client) -> None:
    assert client.options("/queue-job").text == "ok"


def test_a_service_that_is_down_is_a_503_a_browser_can_read(unused_tcp_port: int) -> None:
    with _forwarder(f"http://{HOST}:{unused_tcp_port}/functions/v1") as client:
        answer = client.post("/queue-job", json={})
    assert answer.status_code == 503
    assert answer.json()["retryable"] is True
    assert answer.headers["access-control-allow-origin"] == "*"


def test_every_function_a_client_calls_has_a_forwarder_and_no_other_has() -> None:
    folders = {path.parent.name for path in (ROOT / "supabase" / "functions").glob("*/index.ts")}
    assert folders == {
        "queue-job",
        "cancel-job",
        "workspace-actions",
        "assets",
        "replay-job",
        "queue-status",
        "system-metrics",
        "generate-admin-image",
        "update-worker-url",
        "get-active-worker-url",
        "health-check-workers",
        "enhance-prompt",
        "refresh-prompt-cache",
        "get-negative-prompt",
        "validate-enhancement-fix",
        "playground-chat",
        "jobs",
        "upload-reference",
        "reference-images",
        "health",
    }
