"""How the workers are, over HTTP."""

import asyncio
from typing import Any

import pytest

from devstack.project import Project
from tests.fixtures.functions import Doubles, Edge, bearer
from tests.fixtures.users import User
from tests.fixtures.workers import URL, Face, healthy, worker_row

NOTHING_DUE: dict[str, Any] = {"outcome": "claimed", "workers": []}


async def ask(doubles: Doubles) -> Any:
    answer = await doubles.http.post("health-check-workers", headers=doubles.as_user)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_of_each_type_the_best_worker_is_told(doubles: Doubles) -> None:
    doubles.database.will_answer("claim_health_checks", NOTHING_DUE)
    sick = worker_row(status="unhealthy", is_healthy=False, response_ms=None, health_error="it answered 500")
    workers = {"chat": [worker_row(), sick], "sdxl": [], "wan": [sick]}
    doubles.database.will_answer("list_workers", {"outcome": "listed", "workers": workers})
    body = await ask(doubles)
    assert body.keys() == {"success", "healthResults", "timestamp"}
    looked_at = {"workerUrl": URL, "lastChecked": "2026-11-21T12:00:01Z"}
    assert body["healthResults"] == {
        "chatWorker": {**looked_at, "isHealthy": True, "responseTimeMs": 12, "healthError": None},
        "sdxlWorker": None,
        "wanWorker": {**looked_at, "isHealthy": False, "responseTimeMs": None, "healthError": "it answered 500"},
    }


async def test_a_worker_that_is_due_is_looked_at_first(doubles: Doubles) -> None:
    due = {"worker_type": "chat", "worker_id": "one", "url": URL}
    doubles.database.will_answer("claim_health_checks", {"outcome": "claimed", "workers": [due]})
    doubles.database.will_answer("record_worker_health", {"outcome": "recorded", "worker": worker_row()})
    workers: dict[str, Any] = {"chat": [worker_row()], "sdxl": [], "wan": []}
    doubles.database.will_answer("list_workers", {"outcome": "listed", "workers": workers})
    doubles.workers.answers.append(healthy())
    await ask(doubles)
    assert [name for name, _ in doubles.database.calls] == [
        "claim_health_checks",
        "record_worker_health",
        "list_workers",
    ]


async def test_only_users_may_ask(doubles: Doubles) -> None:
    for headers in ({}, doubles.as_service, bearer("guessed")):
        assert (await doubles.http.post("health-check-workers", headers=headers)).status_code == 401
    assert (doubles.database.calls, doubles.workers.calls) == ([], [])


class TestOverTheStack:
    @pytest.fixture
    async def registered(self, no_workers: None, edge: Edge, project: Project, face: Face) -> None:  # noqa: ARG002
        answer = await edge.http.post(
            "register-chat-worker",
            json={"worker_url": face.url, "worker_id": "one"},
            headers=bearer(project.secrets.worker_secret),
        )
        assert answer.json()["isHealthy"] is True

    async def ask(self, edge: Edge, user: User) -> Any:
        answer = await edge.http.post("health-check-workers", headers=user.headers)
        return answer.json()["healthResults"]["chatWorker"]

    @pytest.mark.usefixtures("registered")
    async def test_however_many_tabs_ask_a_worker_is_asked_once_in_half_a_minute(
        self, edge: Edge, user: User, owner: Any, face: Face
    ) -> None:
        """S6"""
        await asyncio.gather(*(self.ask(edge, user) for _ in range(5)))
        assert face.asked == 1
        await owner.execute("update workers set check_claimed_at = check_claimed_at - interval '30 seconds'")
        await asyncio.gather(*(self.ask(edge, user) for _ in range(5)))
        assert face.asked == 2

    @pytest.mark.usefixtures("registered")
    async def test_a_worker_that_fell_ill_is_told_as_ill_after_the_next_look(
        self, edge: Edge, user: User, owner: Any, face: Face
    ) -> None:
        face.status = 500
        assert (await self.ask(edge, user))["isHealthy"] is True
        await owner.execute("update workers set check_claimed_at = check_claimed_at - interval '30 seconds'")
        found = await self.ask(edge, user)
        assert (found["isHealthy"], found["healthError"]) == (False, "it answered 500")
        assert found["responseTimeMs"] is None
