"""How long the queues are, over HTTP."""

from typing import Any

import pytest

from functions.queue_status import handler
from shared.job_types import JOB_TYPES, QUEUES
from shared.model_variants import MODEL_SETS
from tests.fixtures.functions import Doubles
from tests.fixtures.wire import Wire

COUNTS = {"waiting": 3, "handed_out": 2, "running": 1, "is_paused": False}
ETA = {"eta_p50_seconds": 40, "eta_p90_seconds": 90}
ANSWER: dict[str, Any] = {
    "outcome": "found",
    "queues": dict.fromkeys((*QUEUES, "another"), COUNTS),
    "types": {"sdxl_image_fast": ETA, "sdxl_image_high": ETA},
    "jobs": [],
}


async def test_the_depth_is_what_waits_in_all_queues(doubles: Doubles) -> None:
    doubles.database.will_answer("queue_status", ANSWER)
    body = (await doubles.http.get("queue-status", headers=doubles.as_user)).json()
    assert (body["success"], body["queueDepth"], set(body["queues"])) == (True, 9, set(QUEUES))


async def test_a_queue_tells_its_counts_and_the_time_of_a_job_of_each_type(doubles: Doubles) -> None:
    doubles.database.will_answer("queue_status", ANSWER)
    queues = (await doubles.http.get("queue-status", headers=doubles.as_user)).json()["queues"]
    eta = {"etaSeconds": 40, "etaP90Seconds": 90}
    assert queues["sdxl_queue"] == {
        "waiting": 3,
        "handedOut": 2,
        "running": 1,
        "isPaused": False,
        "jobTypes": {"sdxl_image_fast": eta, "sdxl_image_high": eta},
    }
    assert queues["wan_queue"]["jobTypes"] == {}


async def test_the_types_that_the_deployment_serves_are_asked_for(doubles: Doubles) -> None:
    doubles.database.will_answer("queue_status", ANSWER)
    await doubles.http.get("queue-status", headers=doubles.as_user)
    ((_, arguments),) = doubles.database.calls
    assert arguments["p_user_id"] == doubles.user_id
    assert set(arguments["p_types"]) == set(JOB_TYPES)
    assert arguments["p_types"]["sdxl_image_high"] == {"queue": "sdxl_queue", "expected_run_seconds": 42}
    assert arguments["p_types"]["video_fast"] == {"queue": "wan_queue", "expected_run_seconds": 180}


async def test_types_that_it_does_not_serve_are_not(doubles: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "MODEL_SETS", {"demo": {"chat": MODEL_SETS["demo"]["chat"]}})
    doubles.database.will_answer("queue_status", ANSWER)
    await doubles.http.get("queue-status", headers=doubles.as_user)
    ((_, arguments),) = doubles.database.calls
    assert set(arguments["p_types"]) == {"chat_enhance", "chat_conversation", "chat_unrestricted", "admin_utilities"}


@pytest.mark.parametrize("url", ["queue-status", "http://functions.test/api/queue-status"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_one_s_own_waiting_jobs_are_in_it(wire: Wire, method: str, url: str) -> None:
    await wire.start()
    waiting = await wire.submit()
    answer = await wire.edge.http.request(method, url, headers=wire.user.headers)
    assert answer.status_code == 200, answer.text
    (job,) = answer.json()["jobs"]
    assert (job["jobId"], job["jobType"], job["queue"]) == (waiting, "sdxl_image_fast", "sdxl_queue")
    assert 0 < job["etaSeconds"] <= job["etaP90Seconds"]


async def test_each_number_moves_with_its_cause(wire: Wire) -> None:
    """A submission, a hand-out, a claim and an end, one after the other."""

    async def numbers() -> list[int]:
        answer = await wire.edge.http.get("queue-status", headers=wire.user.headers)
        body = answer.json()
        found = body["queues"]["sdxl_queue"]
        return [body["queueDepth"], found["waiting"], found["handedOut"], found["running"], len(body["jobs"])]

    async def moved() -> list[int]:
        return [now - then for now, then in zip(await numbers(), at_first, strict=True)]

    at_first = await numbers()
    job_id = await wire.submit()
    await wire.hand_out(job_id)
    assert await moved() == [1, 1, 1, 0, 1]
    attempt = await wire.claim(job_id)
    assert await moved() == [0, 0, 0, 1, 0]
    await attempt.complete()
    assert await moved() == [0, 0, 0, 0, 0]


async def test_nobody_sees_anything(doubles: Doubles) -> None:
    assert (await doubles.http.get("queue-status")).status_code == 401
    assert (await doubles.http.get("queue-status", headers=doubles.as_service)).status_code == 401
    assert doubles.database.calls == []
