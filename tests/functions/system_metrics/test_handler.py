"""What admins see of the system, over HTTP."""

from typing import Any

import pytest

from functions.system_metrics.handler import estimate
from shared.job_types import QUEUES
from tests.fixtures.functions import Doubles
from tests.fixtures.users import User
from tests.fixtures.wire import Wire

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
ANSWER: dict[str, Any] = {
    "outcome": "found",
    "queues": dict.fromkeys((*QUEUES, "another"), FOUND) | {"wan_queue": PAUSED},
}


@pytest.fixture
async def body(doubles: Doubles) -> Any:
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
        "running": 2,
        "isPaused": False,
        "workers": 3,
        "successRate": 0.98,
        "meanWaitSeconds": 12.5,
        "meanRunSeconds": 21.0,
    }


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


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_admin_sees_what_waits(wire: Wire, other_user: User, owner: Any, method: str) -> None:
    await owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", other_user.id)
    await wire.submit()
    answer = await wire.edge.http.request(method, "system-metrics", headers=other_user.headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["queues"]["sdxl_queue"] >= 1


async def test_a_user_may_not(wire: Wire) -> None:
    answer = await wire.edge.http.get("system-metrics", headers=wire.user.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_nobody_sees_anything(doubles: Doubles) -> None:
    assert (await doubles.http.get("system-metrics")).status_code == 401
    assert doubles.database.calls == []
