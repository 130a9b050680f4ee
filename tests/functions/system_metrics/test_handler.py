"""What admins see of the system, over HTTP."""

from typing import Any

import pytest

from devstack.project import Project
from functions.system_metrics.handler import estimate
from shared.job_types import QUEUES
from tests.fixtures.functions import Doubles, bearer
from tests.fixtures.users import User
from tests.fixtures.wire import Wire
from tests.fixtures.workers import URL, Face, healthy, worker_row

FOUND = {
    "waiting": 7,
    "handed_out": 4,
    "running": 2,
    "is_paused": False,
    "workers": 3,
    "wait_p50_seconds": 100,
    "wait_p90_seconds": 700,
    "success_rate": 0.98,
    "mean_wait_seconds": 12.5,
    "mean_run_seconds": 21.0,
}
PAUSED = FOUND | {"is_paused": True, "wait_p50_seconds": None, "wait_p90_seconds": None}
UNKNOWN = worker_row(status="unknown", is_healthy=True, running=0)
ANSWER: dict[str, Any] = {
    "outcome": "found",
    "queues": dict.fromkeys((*QUEUES, "another"), FOUND) | {"wan_queue": PAUSED},
    "workers": {
        "chat": [worker_row(running=0), UNKNOWN],
        "sdxl": [{"worker_id": "pod-1", "status": "healthy", "running": 2}],
        "wan": [],
    },
}


@pytest.fixture
async def body(doubles: Doubles) -> Any:
    doubles.database.will_answer("check_admin", {"outcome": "admin"})
    doubles.database.will_answer("system_metrics", ANSWER)
    return (await doubles.http.get("system-metrics", headers=doubles.as_user)).json()


async def test_the_queues_are_numbers_of_waiting_jobs(body: Any) -> None:
    assert body["queues"] == {"sdxl_queue": 7, "wan_queue": 7, "chat_queue": 7}


async def test_the_wait_is_told_in_the_documents_words_and_in_seconds(body: Any) -> None:
    assert body["etaEstimates"] == {"sdxl": "1-3 mins", "wan": None, "chat": "1-3 mins"}
    assert body["etaSeconds"]["sdxl"] == {"p50": 100, "p90": 700}
    assert body["etaSeconds"]["wan"] == {"p50": None, "p90": None}


async def test_details_stand_beside_the_numbers(body: Any) -> None:
    assert body["queueDetails"]["sdxl_queue"] == {
        "handedOut": 4,
        "inRedis": 0,
        "running": 2,
        "isPaused": False,
        "workers": 3,
        "successRate": 0.98,
        "meanWaitSeconds": 12.5,
        "meanRunSeconds": 21.0,
    }


async def test_a_registered_worker_is_told_with_its_url_and_what_the_last_look_saw(body: Any) -> None:
    """F7: the URL was always empty."""
    assert body["workers"]["chat"][0] == {
        "type": "chat",
        "workerId": "one",
        "url": URL,
        "status": "healthy",
        "responseTime": 12,
        "lastChecked": "2026-11-21T12:00:01Z",
        "healthError": None,
        "runningJobs": 0,
    }


async def test_what_a_look_saw_too_long_ago_is_not_told(body: Any) -> None:
    unknown = body["workers"]["chat"][1]
    assert (unknown["status"], unknown["responseTime"]) == ("unknown", None)
    assert unknown["lastChecked"] == "2026-11-21T12:00:01Z"


async def test_a_worker_without_a_url_is_told_by_its_jobs(body: Any) -> None:
    assert body["workers"]["wan"] == []
    (worker,) = body["workers"]["sdxl"]
    assert worker == dict.fromkeys(("url", "responseTime", "lastChecked", "healthError")) | {
        "type": "sdxl",
        "workerId": "pod-1",
        "status": "healthy",
        "runningJobs": 2,
    }


async def test_what_redis_holds_stands_beside_what_postgres_says(doubles: Doubles) -> None:
    doubles.database.will_answer("check_admin", {"outcome": "admin"})
    doubles.database.will_answer("system_metrics", ANSWER)
    await doubles.queue.push({"sdxl_queue": ["1", "2", "3"]})
    body = (await doubles.http.get("system-metrics", headers=doubles.as_user)).json()
    assert body["redis"] == {"status": "ok"}
    assert {queue: found["inRedis"] for queue, found in body["queueDetails"].items()} == {
        "sdxl_queue": 3,
        "wan_queue": 0,
        "chat_queue": 0,
    }
    assert body["queueDetails"]["sdxl_queue"]["handedOut"] == 4


async def test_an_outage_of_redis_is_told_as_one_and_is_no_empty_queue(doubles: Doubles) -> None:
    """F7"""
    doubles.database.will_answer("check_admin", {"outcome": "admin"})
    doubles.database.will_answer("system_metrics", ANSWER)
    doubles.queue.broken = True
    answer = await doubles.http.get("system-metrics", headers=doubles.as_user)
    body = answer.json()
    assert (answer.status_code, body["redis"]) == (200, {"status": "down"})
    assert [found["inRedis"] for found in body["queueDetails"].values()] == [None] * 3
    assert (body["queues"]["sdxl_queue"], body["etaEstimates"]["sdxl"]) == (7, "1-3 mins")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "immediate"),
        (1, "< 1 min"),
        (59, "< 1 min"),
        (60, "1-3 mins"),
        (179, "1-3 mins"),
        (180, "3-10 mins"),
        (599, "3-10 mins"),
        (600, "> 10 mins"),
        (None, None),
    ],
)
def test_these_are_the_words(seconds: int | None, words: str | None) -> None:
    assert estimate(seconds) == words


@pytest.fixture
async def admin(other_user: User, owner: Any) -> User:
    await owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", other_user.id)
    return other_user


async def metrics(wire: Wire, admin: User, method: str = "GET") -> Any:
    answer = await wire.edge.http.request(method, "system-metrics", headers=admin.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_admin_sees_what_waits(wire: Wire, admin: User, method: str) -> None:
    await wire.submit()
    assert (await metrics(wire, admin, method))["queues"]["sdxl_queue"] >= 1


async def test_each_number_moves_with_its_cause(wire: Wire, admin: User) -> None:
    """A submission, a claim and an end, one after the other."""

    async def numbers() -> tuple[int, int, int, int]:
        body = await metrics(wire, admin)
        details = body["queueDetails"]["sdxl_queue"]
        held = [one["runningJobs"] for one in body["workers"]["sdxl"] if one["workerId"] == "wire"]
        return body["queues"]["sdxl_queue"], details["handedOut"], details["running"], sum(held)

    def moved(waiting: int, handed_out: int, running: int, held: int) -> tuple[int, int, int, int]:
        return (at_first[0] + waiting, at_first[1] + handed_out, at_first[2] + running, at_first[3] + held)

    at_first = await numbers()
    job_id = await wire.submit()
    await wire.hand_out(job_id)
    assert await numbers() == moved(1, 1, 0, 0)
    attempt = await wire.claim(job_id)
    assert await numbers() == moved(0, 0, 1, 1)
    await attempt.complete()
    assert await numbers() == at_first


async def test_the_rate_of_success_falls_with_a_failure_and_rises_with_a_completion(wire: Wire, admin: User) -> None:
    async def details() -> Any:
        return (await metrics(wire, admin))["queueDetails"]["sdxl_queue"]

    await (await wire.start()).complete()
    before = await details()
    assert before["meanRunSeconds"] > 0
    assert before["meanWaitSeconds"] > 0
    await (await wire.start()).say("failed", error_code="bad_input", error_message="No.", retryable=False)
    after = await details()
    assert after["successRate"] < before["successRate"]
    assert after["meanRunSeconds"] == before["meanRunSeconds"]
    await (await wire.start()).complete()
    assert (await details())["successRate"] > after["successRate"]


@pytest.mark.usefixtures("no_workers")
async def test_a_worker_that_registers_is_there_with_the_time_it_took(
    wire: Wire, admin: User, project: Project, face: Face
) -> None:
    """F7: the SDXL worker was never looked at."""
    face.says = healthy(worker_type="sdxl").model_dump()
    answer = await wire.edge.http.post(
        "register-chat-worker",
        json={"worker_url": face.url, "worker_id": "one", "worker_type": "sdxl"},
        headers=bearer(project.secrets.worker_secret),
    )
    (worker,) = [one for one in (await metrics(wire, admin))["workers"]["sdxl"] if one["workerId"] == "one"]
    assert (worker["url"], worker["status"]) == (face.url, "healthy")
    assert worker["responseTime"] == answer.json()["responseTimeMs"]


async def test_a_user_may_not(wire: Wire) -> None:
    answer = await wire.edge.http.get("system-metrics", headers=wire.user.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_nobody_sees_anything(doubles: Doubles) -> None:
    assert (await doubles.http.get("system-metrics")).status_code == 401
    assert doubles.database.calls == []
