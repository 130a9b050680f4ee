"""A look at a worker, and what is written down of it."""

from typing import Any

import pytest

from functions.edge.workers import WorkerFailed, WorkerTimeout, registry
from tests.fixtures.functions import Doubles
from tests.fixtures.workers import URL, healthy, worker_row

DUE = {"worker_type": "chat", "worker_id": "one", "url": URL}


def recorded(doubles: Doubles) -> dict[str, Any]:
    (arguments,) = [arguments for name, arguments in doubles.database.calls if name == "record_worker_health"]
    return arguments


async def look(doubles: Doubles, answer: Any) -> dict[str, Any]:
    doubles.database.will_answer("claim_health_checks", {"outcome": "claimed", "workers": [DUE]})
    doubles.database.will_answer("record_worker_health", {"outcome": "recorded", "worker": worker_row()})
    doubles.workers.answers.append(answer)
    await registry.check_due(doubles.clients)
    return recorded(doubles)


async def test_a_healthy_worker_is_written_down_with_the_time_it_took(doubles: Doubles) -> None:
    found = await look(doubles, healthy())
    assert found.pop("p_response_ms") >= 0
    assert found == {
        "p_worker_type": "chat",
        "p_worker_id": "one",
        "p_url": URL,
        "p_is_healthy": True,
        "p_health_error": None,
    }


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (WorkerTimeout(5), "The worker did not answer within 5 s."),
        (WorkerFailed("it answered 500"), "it answered 500"),
    ],
)
async def test_one_that_does_not_answer_is_unhealthy_and_has_no_time(
    doubles: Doubles, answer: Exception, problem: str
) -> None:
    found = await look(doubles, answer)
    assert (found["p_is_healthy"], found["p_response_ms"], found["p_health_error"]) == (False, None, problem)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (healthy(status="loading"), "it is still loading"),
        (healthy(worker_type="wan"), "it is a worker of type wan"),
    ],
)
async def test_one_that_could_not_serve_is_unhealthy(doubles: Doubles, said: Any, problem: str) -> None:
    """F8: a WAN worker under a chat worker's name is none."""
    found = await look(doubles, said)
    assert (found["p_is_healthy"], found["p_health_error"]) == (False, problem)
    assert found["p_response_ms"] is not None


async def test_every_worker_that_sql_names_is_looked_at_and_no_other(doubles: Doubles) -> None:
    due = [{**DUE, "worker_id": name, "url": f"https://{name}.workers.test"} for name in ("a", "b")]
    doubles.database.will_answer("claim_health_checks", {"outcome": "claimed", "workers": due})
    doubles.database.will_answer("record_worker_health", *[{"outcome": "gone"}] * 2)
    doubles.workers.answers.extend([WorkerTimeout(5), healthy()])
    await registry.check_due(doubles.clients)
    assert [url for _, url, _ in doubles.workers.calls] == ["https://a.workers.test", "https://b.workers.test"]


async def register(doubles: Doubles, url: str = URL, worker_id: str | None = None) -> dict[str, Any]:
    return await registry.register(
        doubles.clients, "chat", url, worker_id=worker_id, is_automatic=True, method="startup", capabilities={}
    )


async def test_a_registration_takes_one_look_and_answers_what_it_saw(doubles: Doubles) -> None:
    doubles.database.will_answer(
        "register_worker", {"outcome": "registered", "worker": worker_row(status="unknown"), "is_check_due": True}
    )
    doubles.database.will_answer("record_worker_health", {"outcome": "recorded", "worker": worker_row()})
    doubles.workers.answers.append(healthy())
    assert (await register(doubles))["status"] == "healthy"
    assert len(doubles.workers.calls) == 1


async def test_a_heartbeat_soon_after_takes_none(doubles: Doubles) -> None:
    doubles.database.will_answer(
        "register_worker", {"outcome": "registered", "worker": worker_row(), "is_check_due": False}
    )
    assert await register(doubles) == worker_row()
    assert doubles.workers.calls == []


async def test_a_worker_that_is_gone_by_then_is_told_as_it_was(doubles: Doubles) -> None:
    doubles.database.will_answer(
        "register_worker", {"outcome": "registered", "worker": worker_row(status="unknown"), "is_check_due": True}
    )
    doubles.database.will_answer("record_worker_health", {"outcome": "gone"})
    doubles.workers.answers.append(healthy())
    assert (await register(doubles))["status"] == "unknown"


@pytest.mark.parametrize(
    ("url", "worker_id", "name"),
    [
        ("https://pod-7861.workers.test/", None, "pod-7861.workers.test"),
        ("https://pod.workers.test:7861", None, "pod.workers.test:7861"),
        (URL, "mine", "mine"),
    ],
)
async def test_without_a_name_a_worker_is_named_after_its_place(
    doubles: Doubles, url: str, worker_id: str | None, name: str
) -> None:
    doubles.database.will_answer(
        "register_worker", {"outcome": "registered", "worker": worker_row(), "is_check_due": False}
    )
    await register(doubles, url, worker_id)
    ((_, arguments),) = doubles.database.calls
    assert arguments["p_worker_id"] == name
