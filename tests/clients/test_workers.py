"""The workers' URLs and health, as useWorkerStatus, SystemConfigTab, SystemMetricsTab and NewWorkspaceAssetService ask
for them."""

from typing import Any

import pytest

from devstack.project import Project
from tests.clients.conftest import Caller, refusal
from tests.fixtures.workers import Face, healthy

ACTIVE = ("get-active-worker-url", {})
METRICS = ("system-metrics", {})
pytestmark = pytest.mark.usefixtures("no_workers")


@pytest.fixture
def updated(admin_caller: Caller, face: Face) -> dict[str, Any]:
    """What the form of SystemConfigTab was answered when it named a WAN worker."""
    face.says = healthy(worker_type="wan").model_dump()
    answers = admin_caller.call(update=("update-worker-url", {"body": {"workerUrl": face.url}}), active=ACTIVE)
    return {**answers, "url": face.url}


async def test_the_admin_s_form_moves_the_worker(updated: dict[str, Any]) -> None:
    """F2: SystemConfigTab sends workerUrl, the original wanted worker_url and answered 400."""
    assert updated["update"]["success"] is True
    assert updated["update"]["updatedAt"]
    active = updated["active"]
    assert (active["worker_url"], active["isHealthy"], active["healthError"]) == (updated["url"], True, None)
    assert active["registrationInfo"].keys() >= {"autoRegistered", "registrationMethod", "lastUpdated"}


async def test_every_tab_sees_where_the_worker_is_and_how_it_does(caller: Caller, updated: dict[str, Any]) -> None:
    """useWorkerStatus, without a body, in every tab."""
    answers = caller.call(active=ACTIVE, health=("health-check-workers", {}))
    assert answers["active"]["worker_url"] == updated["url"]
    results = answers["health"]["healthResults"]
    assert (results["wanWorker"]["workerUrl"], results["wanWorker"]["isHealthy"]) == (updated["url"], True)
    assert (results["chatWorker"], results["sdxlWorker"]) == (None, None)


@pytest.mark.usefixtures("updated")
async def test_no_other_worker_stands_in_for_the_chat_worker(caller: Caller) -> None:
    """F8: a chat was sent to the WAN worker."""
    answer = caller.call(chat=("get-active-worker-url", {"body": {"worker_type": "chat"}}))["chat"]
    assert refusal(answer) == (404, "not_found")


async def test_a_browser_registers_no_worker_and_moves_none(caller: Caller, project: Project, face: Face) -> None:
    """F2, S4: useWorkerStatus calls register-chat-worker without a body, which was a 500."""
    secret = {"Authorization": f"Bearer {project.secrets.worker_secret}"}
    answers = caller.call(
        tab=("register-chat-worker", {}),
        url=("register-chat-worker", {"body": {"worker_url": face.url}}),
        worker=("register-chat-worker", {"headers": secret}),
        move=("update-worker-url", {"body": {"workerUrl": face.url}}),
        active=ACTIVE,
    )
    assert {name: refusal(answer) for name, answer in answers.items()} == {
        "tab": (401, "unauthenticated"),
        "url": (401, "unauthenticated"),
        "worker": (400, "invalid_request"),
        "move": (403, "forbidden"),
        "active": (404, "not_found"),
    }
    assert face.asked == 0


async def test_a_worker_s_own_call_registers_it_and_everybody_finds_it(
    caller: Caller, project: Project, face: Face
) -> None:
    headers = {"Authorization": f"Bearer {project.secrets.worker_secret}"}
    answers = caller.call(
        register=("register-chat-worker", {"body": {"worker_url": face.url}, "headers": headers}),
        chat=("get-active-worker-url", {"body": {"worker_type": "chat"}}),
    )
    assert [answer["worker_url"] for answer in answers.values()] == [face.url] * 2


async def test_the_metrics_are_an_admin_s_and_name_the_worker(
    admin_caller: Caller, caller: Caller, updated: dict[str, Any]
) -> None:
    """F7: SystemMetricsTab and NewWorkspaceAssetService, without a body. The URL was always empty."""
    answer = admin_caller.call(metrics=METRICS)["metrics"]
    assert answer["timestamp"]
    assert answer["queues"].keys() >= {"sdxl_queue", "wan_queue"}
    assert answer["etaEstimates"].keys() >= {"sdxl", "wan"}
    (worker,) = answer["workers"]["wan"]
    assert (worker["url"], worker["status"]) == (updated["url"], "healthy")
    assert worker["responseTime"] >= 0
    assert refusal(caller.call(metrics=METRICS)["metrics"]) == (403, "forbidden")
