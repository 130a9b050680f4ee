"""Running a failed job again, over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.fixtures.functions import Edge
from tests.fixtures.users import User
from tests.fixtures.wire import Wire


async def replay(edge: Edge, user: User, job_id: str) -> httpx.Response:
    return await edge.http.post("replay-job", json={"job_id": job_id}, headers=user.headers)


@pytest.fixture
async def admin(other_user: User, owner: Any) -> User:
    await owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", other_user.id)
    return other_user


@pytest.fixture
async def failed(wire: Wire) -> str:
    attempt = await wire.start()
    answer = await attempt.say("failed", error_code="bad_input", error_message="No.", retryable=False)
    assert answer.status_code == 200
    return attempt.job_id


async def test_an_admin_gets_the_new_job(wire: Wire, admin: User, failed: str) -> None:
    answer = await replay(wire.edge, admin, failed)

    body = answer.json()
    assert answer.status_code == 200
    assert body["job_id"] == body["jobId"] == body["job"]["id"] != failed
    assert (body["replayOf"], body["job"]["replay_of"], body["status"]) == (failed, failed, "queued")
    assert body["message"] == "The job is queued again."
    assert body["job"]["user_id"] == wire.user.id
    assert 0 < body["etaSeconds"] <= body["etaP90Seconds"]


async def test_asking_twice_says_so(wire: Wire, admin: User, failed: str) -> None:
    first, second = [(await replay(wire.edge, admin, failed)).json() for _ in range(2)]

    assert first["job_id"] == second["job_id"]
    assert second["message"] == "The job was queued again before."


async def test_the_owner_may_not(wire: Wire, failed: str) -> None:
    answer = await replay(wire.edge, wire.user, failed)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_who_is_no_admin_does_not_learn_which_jobs_exist(wire: Wire) -> None:
    """P6"""
    answer = await replay(wire.edge, wire.user, str(uuid4()))

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_an_unknown_job_answers_404(wire: Wire, admin: User) -> None:
    answer = await replay(wire.edge, admin, str(uuid4()))

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_waiting_job_answers_409_with_its_status(wire: Wire, admin: User) -> None:
    answer = await replay(wire.edge, admin, await wire.submit())

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert answer.json()["details"] == "status: queued"
