"""Who hands out wakes workers, and is never failed by it."""

import logging
from collections.abc import AsyncIterator

import pytest

from functions.edge import handouts
from functions.edge.database import DatabaseUnavailable
from functions.edge.runpod import MemoryRunPod
from functions.edge.sweeper import sweep
from functions.edge.waking import wake
from tests.fixtures.functions import Doubles
from tests.fixtures.rows import handout, job_row

DUE = {"outcome": "claimed", "queues": ["sdxl_queue"]}
NONE_DUE = {"outcome": "claimed", "queues": []}


@pytest.fixture
async def runpod(doubles: Doubles) -> AsyncIterator[MemoryRunPod]:
    runpod = doubles.clients.runpod = MemoryRunPod()
    yield runpod
    doubles.clients.runpod = None


async def test_a_hand_out_wakes_a_worker_for_its_queue(doubles: Doubles, runpod: MemoryRunPod) -> None:
    doubles.database.will_answer("claim_wake_ups", DUE)

    await handouts.push(doubles.clients, [handout(job_row()), handout(job_row())])

    assert doubles.database.calls == [("claim_wake_ups", {"p_queues": ["sdxl_queue"]})]
    assert runpod.drained == ["sdxl_queue"]


async def test_a_queue_that_was_woken_just_now_is_let_be(doubles: Doubles, runpod: MemoryRunPod) -> None:
    doubles.database.will_answer("claim_wake_ups", NONE_DUE)

    await handouts.push(doubles.clients, [handout(job_row())])

    assert runpod.drained == []


async def test_a_sweep_wakes_while_a_hand_out_is_unclaimed(doubles: Doubles, runpod: MemoryRunPod) -> None:
    lists = {"sdxl_queue": [handout(job_row())]}
    doubles.database.will_answer("sweep_jobs", {"outcome": "swept", "ended": 0, "lists": lists})
    doubles.database.will_answer("claim_wake_ups", DUE)

    await sweep(doubles.clients)

    assert runpod.drained == ["sdxl_queue"]


async def test_a_sweep_that_finds_every_hand_out_claimed_wakes_nobody(doubles: Doubles, runpod: MemoryRunPod) -> None:
    doubles.database.will_answer("sweep_jobs", {"outcome": "swept", "ended": 0, "lists": {}})

    await sweep(doubles.clients)

    assert runpod.drained == []
    assert [name for name, _ in doubles.database.calls] == ["sweep_jobs"]


async def test_where_no_endpoint_is_named_nobody_is_asked(doubles: Doubles) -> None:
    await handouts.push(doubles.clients, [handout(job_row())])

    assert doubles.database.calls == []


async def test_a_failing_runpod_fails_nobody_and_is_logged(
    doubles: Doubles, runpod: MemoryRunPod, caplog: pytest.LogCaptureFixture
) -> None:
    runpod.is_down = True
    doubles.database.will_answer("claim_wake_ups", DUE)

    await handouts.push(doubles.clients, [handout(job_row())])

    assert len(doubles.queue.lists["sdxl_queue"]) == 1
    assert "no worker was woken for sdxl_queue: RunPod answered 500" in caplog.text


async def test_a_failing_database_fails_nobody(
    doubles: Doubles, runpod: MemoryRunPod, caplog: pytest.LogCaptureFixture
) -> None:
    doubles.database.will_answer("claim_wake_ups", DatabaseUnavailable())

    with caplog.at_level(logging.WARNING):
        await wake(doubles.clients, ["sdxl_queue"])

    assert runpod.drained == []
    assert "no worker was woken" in caplog.text
