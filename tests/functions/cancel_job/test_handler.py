"""Cancelling a job of one's own."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.fixtures.functions import Doubles, Edge
from tests.fixtures.rows import handout, job_row
from tests.fixtures.users import User
from tests.fixtures.wire import Wire

JOB_ID = str(uuid4())


async def cancel(edge: Edge | Doubles, headers: dict[str, str], job_id: str) -> httpx.Response:
    return await edge.http.post("cancel-job", json={"job_id": job_id}, headers=headers)


async def test_a_waiting_job_is_cancelled_at_once(wire: Wire) -> None:
    """Q12: cancelling is a call that works, and no write of the client's own."""
    job_id = await wire.submit()
    answer = await cancel(wire.edge, wire.user.headers, job_id)
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "success": True,
            "jobId": job_id,
            "job_id": job_id,
            "status": "cancelled",
            "message": "The job is cancelled.",
        },
    )
    row = await wire.job(job_id)
    assert (row["status"], row["error_code"]) == ("cancelled", "cancelled")
    assert row["completed_at"] is not None


async def test_a_running_job_s_worker_is_asked_to_stop(wire: Wire) -> None:
    attempt = await wire.start()
    answer = await cancel(wire.edge, wire.user.headers, attempt.job_id)
    assert (answer.json()["status"], answer.json()["message"]) == ("processing", "The worker was asked to stop.")
    assert (await wire.job(attempt.job_id))["status"] == "processing"


@pytest.mark.parametrize("is_running", [True, False])
async def test_asking_twice_is_no_error(wire: Wire, is_running: bool) -> None:
    job_id = await wire.submit()
    if is_running:
        await wire.claim(job_id)
    first, second = [await cancel(wire.edge, wire.user.headers, job_id) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["status"] == second.json()["status"]


async def test_a_double_click_is_one_cancellation(wire: Wire) -> None:
    job_id = await wire.submit()
    answers = await asyncio.gather(*(cancel(wire.edge, wire.user.headers, job_id) for _ in range(5)))
    assert {(answer.status_code, answer.json()["status"]) for answer in answers} == {(200, "cancelled")}


@pytest.mark.parametrize("status", ["completed", "failed"])
async def test_a_job_that_ended_otherwise_says_how(wire: Wire, status: str) -> None:
    """P5: terminal is terminal."""
    attempt = await wire.start()
    await (attempt.complete() if status == "completed" else attempt.say("failed"))
    answer = await cancel(wire.edge, wire.user.headers, attempt.job_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert answer.json()["details"] == f"status: {status}"
    assert (await wire.job(attempt.job_id))["status"] == status


async def test_a_completion_that_arrives_first_wins(wire: Wire) -> None:
    attempt = await wire.start()
    await cancel(wire.edge, wire.user.headers, attempt.job_id)
    assert (await attempt.complete()).json()["status"] == "completed"
    assert (await cancel(wire.edge, wire.user.headers, attempt.job_id)).status_code == 409


async def test_another_user_s_job_is_not_found_and_runs_on(wire: Wire, other_user: User) -> None:
    """P6, K14: the answer is that of a job that does not exist."""
    job_id = await wire.submit()
    theirs = await cancel(wire.edge, other_user.headers, job_id)
    nobody_s = await cancel(wire.edge, other_user.headers, str(uuid4()))
    assert (theirs.status_code, theirs.json()["error"]) == (nobody_s.status_code, nobody_s.json()["error"])
    assert theirs.status_code == 404
    assert (await wire.job(job_id))["status"] == "queued"


async def test_what_a_cancellation_frees_is_pushed(doubles: Doubles) -> None:
    following = job_row()
    doubles.database.will_answer(
        "cancel_job", {"outcome": "cancelled", "status": "cancelled", "handouts": [handout(following)]}
    )
    await cancel(doubles, doubles.as_user, JOB_ID)
    (element,) = doubles.queue.lists["sdxl_queue"]
    assert following["id"] in element


async def test_the_documents_spelling_of_the_job_is_read(doubles: Doubles) -> None:
    doubles.database.will_answer("cancel_job", {"outcome": "not_found"})
    await doubles.http.post("cancel-job", json={"jobId": JOB_ID}, headers=doubles.as_user)
    ((_, arguments),) = doubles.database.calls
    assert (str(arguments["p_job_id"]), arguments["p_user_id"]) == (JOB_ID, doubles.user_id)


@pytest.mark.parametrize("body", [{}, {"job_id": None}, {"job_id": "not a uuid"}, {"job_id": [JOB_ID]}])
async def test_a_body_without_a_job_is_refused(doubles: Doubles, body: dict[str, Any]) -> None:
    answer = await doubles.http.post("cancel-job", json=body, headers=doubles.as_user)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert "job_id" in answer.json()["details"]
    assert doubles.database.calls == []


async def test_nobody_but_a_user_cancels(doubles: Doubles) -> None:
    for headers in ({}, doubles.as_service):
        assert (await cancel(doubles, headers, JOB_ID)).status_code == 401
    assert doubles.database.calls == []
