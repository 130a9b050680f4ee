"""A worker registers, over HTTP."""

from typing import Any

import httpx
import pytest

from devstack.project import Project
from functions.edge.workers import WorkerTimeout
from tests.fixtures.functions import Doubles, Edge, bearer, environment
from tests.fixtures.workers import URL, Face, healthy, worker_row

AS_WORKER = bearer(environment()["WORKER_SECRET"])
BODY = {"worker_url": URL, "worker_id": "one"}


async def register(doubles: Doubles, body: Any = BODY, headers: dict[str, str] = AS_WORKER) -> httpx.Response:
    return await doubles.http.post("register-chat-worker", json=body, headers=headers)


def said(doubles: Doubles) -> dict[str, Any]:
    """What SQL was told."""
    function, arguments = doubles.database.calls[0]
    assert function == "register_worker"
    return arguments


def registered(doubles: Doubles, *, is_check_due: bool = False, **changes: Any) -> None:
    answer = {"outcome": "registered", "worker": worker_row(**changes), "is_check_due": is_check_due}
    doubles.database.will_answer("register_worker", answer)


async def test_the_answer_has_every_field_that_a_document_promises(doubles: Doubles) -> None:
    registered(doubles)
    answer = await register(doubles)
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "success": True,
            "message": "The chat worker is registered.",
            "worker_url": URL,
            "workerUrl": URL,
            "worker_type": "chat",
            "worker_id": "one",
            "isHealthy": True,
            "healthStatus": "healthy",
            "healthError": None,
            "lastChecked": "2026-11-21T12:00:01Z",
            "responseTimeMs": 12,
            "updatedAt": "2026-11-21T12:00:00Z",
            "auto_registered": True,
            "registration_method": "startup",
            "registrationInfo": {
                "workerType": "chat",
                "autoRegistered": True,
                "registrationMethod": "startup",
                "lastUpdated": "2026-11-21T12:00:00Z",
            },
        },
    )


@pytest.mark.parametrize("spelling", ["snake", "camel"])
async def test_both_spellings_are_read(doubles: Doubles, spelling: str) -> None:
    names = {
        "snake": ("worker_url", "worker_id", "worker_type", "auto_registered", "registration_method"),
        "camel": ("workerUrl", "workerId", "workerType", "autoRegistered", "registrationMethod"),
    }[spelling]
    registered(doubles)
    values = (URL, "pod-1", "sdxl", True, "startup")
    await register(doubles, {**dict(zip(names, values, strict=True)), "capabilities": {"a": 1}, "timestamp": "now"})
    assert said(doubles) == {
        "p_worker_type": "sdxl",
        "p_worker_id": "pod-1",
        "p_url": URL,
        "p_is_automatic": True,
        "p_registration_method": "startup",
        "p_capabilities": {"a": 1},
    }


async def test_what_is_left_out_is_a_chat_worker_by_hand(doubles: Doubles) -> None:
    registered(doubles)
    await register(doubles, {"worker_url": URL})
    assert said(doubles) == {
        "p_worker_type": "chat",
        "p_worker_id": "one-7861.workers.test",
        "p_url": URL,
        "p_is_automatic": False,
        "p_registration_method": "manual",
        "p_capabilities": {},
    }


async def test_a_worker_that_does_not_answer_is_registered_all_the_same(doubles: Doubles) -> None:
    registered(doubles, is_check_due=True, status="unknown")
    doubles.workers.answers.append(WorkerTimeout(5))
    unhealthy = worker_row(status="unhealthy", is_healthy=False, response_ms=None, health_error="too slow")
    doubles.database.will_answer("record_worker_health", {"outcome": "recorded", "worker": unhealthy})
    answer = await register(doubles)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["isHealthy"], body["healthStatus"], body["healthError"]) == (False, "unhealthy", "too slow")


async def test_what_was_seen_long_ago_is_not_told_as_if_it_were_so(doubles: Doubles) -> None:
    registered(doubles, status="unknown")
    body = (await register(doubles)).json()
    assert (body["isHealthy"], body["healthStatus"], body["responseTimeMs"]) == (None, "unknown", None)


async def test_a_host_that_is_not_listed_is_refused_before_anybody_calls_it(doubles: Doubles) -> None:
    """S5"""
    answer = await register(doubles, {"worker_url": "http://169.254.169.254/latest/meta-data"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert answer.json()["details"] == "allowed hosts: .workers.test"
    assert (doubles.database.calls, doubles.workers.calls) == ([], [])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"worker_url": None}, "worker_url"),
        ({"worker_url": "https://" + "a" * 300}, "worker_url"),
        ({"worker_type": "llama"}, "'chat', 'sdxl' or 'wan'"),
        ({"worker_id": "a b"}, "worker_id"),
        ({"capabilities": []}, "capabilities"),
        ({"capabilities": {"a": "\0"}}, "NUL"),
    ],
)
async def test_bad_input_is_told_with_what_would_be_valid(doubles: Doubles, fields: Any, named: str) -> None:
    answer = await register(doubles, BODY | fields)
    assert answer.status_code == 400
    assert named in answer.json()["error"]
    assert doubles.database.calls == []


async def test_nobody_but_a_worker_registers(doubles: Doubles) -> None:
    """S4: neither strangers nor users send conversations to a place of their own."""
    for headers in ({}, doubles.as_user, doubles.as_service, bearer("guessed")):
        assert (await register(doubles, headers=headers)).status_code == 401
    assert (doubles.database.calls, doubles.workers.calls) == ([], [])


@pytest.mark.usefixtures("no_workers")
class TestOverTheStack:
    async def test_a_new_worker_is_looked_at_once_and_its_heartbeat_is_not(
        self, edge: Edge, project: Project, face: Face
    ) -> None:
        body = {"worker_url": face.url, "worker_id": "one", "auto_registered": True}
        headers = bearer(project.secrets.worker_secret)
        first, second = [
            (await edge.http.post("register-chat-worker", json=body, headers=headers)).json() for _ in range(2)
        ]
        assert (first["healthStatus"], first["worker_url"], face.asked) == ("healthy", face.url, 1)
        assert first["responseTimeMs"] >= 0
        assert second["lastChecked"] == first["lastChecked"]
        assert second["updatedAt"] > first["updatedAt"]

    async def test_a_worker_of_another_type_is_not_passed_off_as_healthy(
        self, edge: Edge, project: Project, face: Face
    ) -> None:
        """F8"""
        face.says = healthy(worker_type="wan").model_dump()
        answer = await edge.http.post(
            "register-chat-worker",
            json={"worker_url": face.url},
            headers=bearer(project.secrets.worker_secret),
        )
        assert (answer.json()["isHealthy"], answer.json()["healthError"]) == (False, "it is a worker of type wan")
