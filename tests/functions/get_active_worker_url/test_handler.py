"""Where the best worker of a type is, over HTTP."""

from typing import Any

import pytest

from devstack.project import Project
from tests.fixtures.functions import KEYS, Doubles, Edge, bearer
from tests.fixtures.users import User
from tests.fixtures.workers import URL, Face, worker_row


async def ask(doubles: Doubles, body: Any = None, headers: dict[str, str] | None = None) -> Any:
    return await doubles.http.post("get-active-worker-url", json=body, headers=headers or doubles.as_user)


async def test_the_answer_has_every_field_that_a_document_promises(doubles: Doubles) -> None:
    doubles.database.will_answer("active_worker", {"outcome": "found", "worker": worker_row()})
    answer = await ask(doubles, {"worker_type": "chat"})
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "success": True,
            "worker_url": URL,
            "workerUrl": URL,
            "worker_type": "chat",
            "worker_id": "one",
            "last_updated": "2026-11-21T12:00:00Z",
            "isHealthy": True,
            "healthError": None,
            "lastChecked": "2026-11-21T12:00:01Z",
            "responseTimeMs": 12,
            "registrationInfo": {
                "workerType": "chat",
                "autoRegistered": True,
                "registrationMethod": "startup",
                "lastUpdated": "2026-11-21T12:00:00Z",
            },
            "workerCapabilities": {"model": "qwen"},
        },
    )


async def test_what_is_not_known_is_null(doubles: Doubles) -> None:
    unknown = worker_row(status="unknown", checked_at=None, is_healthy=None, response_ms=None, capabilities={})
    doubles.database.will_answer("active_worker", {"outcome": "found", "worker": unknown})
    body = (await ask(doubles, {"worker_type": "chat"})).json()
    names = ("isHealthy", "healthError", "lastChecked", "responseTimeMs", "workerCapabilities")
    assert [body[name] for name in names] == [None] * 5


@pytest.mark.parametrize(
    ("body", "worker_type"),
    [({"worker_type": "chat"}, "chat"), ({"workerType": "sdxl"}, "sdxl"), ({}, "wan"), (None, "wan")],
)
async def test_one_type_is_asked_for(doubles: Doubles, body: Any, worker_type: str) -> None:
    doubles.database.will_answer("active_worker", {"outcome": "none"})
    answer = await ask(doubles, body)
    assert doubles.database.calls == [("active_worker", {"p_worker_type": worker_type})]
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["error"] == f"No {worker_type} worker is registered."


async def test_another_type_answers_400_and_names_those_there_are(doubles: Doubles) -> None:
    answer = await ask(doubles, {"worker_type": "llama"})
    assert answer.status_code == 400
    assert "'chat', 'sdxl' or 'wan'" in answer.json()["error"]


async def test_the_service_may_ask_too_and_nobody_else(doubles: Doubles) -> None:
    doubles.database.will_answer("active_worker", {"outcome": "none"})
    assert (await ask(doubles, headers=doubles.as_service)).status_code == 404
    for headers in ({"x": "y"}, {"apikey": KEYS.anon_key}, bearer("guessed")):
        assert (await ask(doubles, headers=headers)).status_code == 401


@pytest.mark.usefixtures("no_workers")
async def test_over_the_stack_a_chat_never_falls_back_to_another_worker(
    edge: Edge, project: Project, user: User, face: Face
) -> None:
    """F8"""
    registration = {"worker_url": face.url, "worker_id": "one"}
    as_worker = bearer(project.secrets.worker_secret)

    async def found(worker_type: str) -> tuple[int, str | None]:
        body = {"worker_type": worker_type}
        answer = await edge.http.post("get-active-worker-url", json=body, headers=user.headers)
        return answer.status_code, answer.json().get("worker_url")

    await edge.http.post("update-worker-url", json={**registration, "worker_type": "wan"}, headers=as_worker)
    assert await found("wan") == (200, face.url)
    assert await found("chat") == (404, None)
    await edge.http.post("register-chat-worker", json=registration, headers=as_worker)
    assert await found("chat") == (200, face.url)
