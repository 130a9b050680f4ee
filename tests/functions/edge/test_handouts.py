"""From hand-outs to queue elements, and what becomes of them while Redis is slow or gone."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest

from functions.edge import handouts
from shared.messages import QueueElement
from shared.queue import QueueError
from shared.queue.memory import MemoryQueue
from shared.tokens import QueueToken
from tests.fixtures.functions import Doubles, environment
from tests.fixtures.rows import handout, job_row

SECRETS = ("SECRET_KEY", "SERVICE_ROLE_KEY", "JWT_SECRET", "REDIS_REST_TOKEN", "JOB_TOKEN_SECRET", "_DB_URL")


def elements(doubles: Doubles, queue: str = "sdxl_queue") -> list[dict[str, Any]]:
    return [json.loads(text) for text in doubles.queue.lists[queue]]


async def test_an_element_is_the_documents_standard_payload_and_the_callback(doubles: Doubles) -> None:
    row = job_row(
        enhanced_prompt="a red cat, studio light",
        metadata={
            "model_variant": "sdxl_shapes",
            "negative_prompt": "blurry",
            "compel_enabled": True,
            "compel_weights": "(red:1.2)",
            "theirs": "not for the worker",
        },
    )
    await handouts.push(doubles.clients, [handout(row, 3)])
    (element,) = elements(doubles)
    assert element.pop("callback") == {
        "url": "http://project.test/functions/v1/job-callback",
        "token": doubles.clients.tokens.queue_token(row["id"], 3),
    }
    assert element == {
        "id": row["id"],
        "type": "sdxl_image_fast",
        "prompt": "a red cat, studio light",
        "user_id": row["user_id"],
        "config": row["config"],
        "metadata": {"model_variant": "sdxl_shapes", "destination": "workspace"},
        "negative_prompt": "blurry",
        "compel_enabled": True,
        "compel_weights": "(red:1.2)",
    }


async def test_the_worker_s_own_model_reads_the_element(doubles: Doubles) -> None:
    row = job_row()
    await handouts.push(doubles.clients, [handout(row, 2)])
    element = QueueElement.model_validate_json(doubles.queue.lists["sdxl_queue"][0])
    assert element.callback is not None
    assert doubles.clients.tokens.read_queue_token(element.callback.token) == QueueToken(UUID(row["id"]), 2)


async def test_a_prompt_that_nobody_enhanced_goes_out_as_it_is(doubles: Doubles) -> None:
    await handouts.push(doubles.clients, [handout(job_row(original_prompt="a cat", enhanced_prompt=None))])
    (element,) = elements(doubles)
    assert element["prompt"] == "a cat"


async def test_what_the_job_does_not_say_is_left_out(doubles: Doubles) -> None:
    await handouts.push(doubles.clients, [handout(job_row())])
    (element,) = elements(doubles)
    assert "negative_prompt" not in element
    assert "compel_weights" not in element


async def test_the_element_holds_no_secret(doubles: Doubles) -> None:
    """P7: what a worker pops from Redis opens nothing but its own job."""
    await handouts.push(doubles.clients, [handout(job_row())])
    (text,) = doubles.queue.lists["sdxl_queue"]
    for name, value in environment(SUPABASE_DB_URL="postgresql://db.test").items():
        if name.endswith(SECRETS):
            assert value not in text


async def test_the_oldest_is_taken_first(doubles: Doubles) -> None:
    """Q1: a queue, not a stack."""
    rows = [job_row() for _ in range(3)]
    await handouts.push(doubles.clients, [handout(row) for row in rows[:2]])
    await handouts.push(doubles.clients, [handout(rows[2])])
    taken = [doubles.queue.take(["sdxl_queue"]) for _ in rows]
    assert [json.loads(text or "")["id"] for text in taken] == [row["id"] for row in rows]


async def test_each_goes_into_its_own_queue(doubles: Doubles) -> None:
    picture, film = job_row(), job_row(job_type="video_fast", queue="wan_queue")
    await handouts.push(doubles.clients, [handout(picture), handout(film)])
    assert [element["id"] for element in elements(doubles)] == [picture["id"]]
    assert [element["id"] for element in elements(doubles, "wan_queue")] == [film["id"]]


async def test_a_rewritten_list_holds_just_what_is_told(doubles: Doubles) -> None:
    lost, kept = job_row(), job_row()
    await handouts.push(doubles.clients, [handout(lost), handout(kept)])
    await handouts.rewrite(doubles.clients, {"sdxl_queue": [handout(kept)]})
    assert [element["id"] for element in elements(doubles)] == [kept["id"]]


@pytest.mark.parametrize("lists", [{}, {"sdxl_queue": []}])
async def test_an_empty_rewrite_is_no_error(doubles: Doubles, lists: dict[str, Any]) -> None:
    await handouts.rewrite(doubles.clients, lists)
    assert elements(doubles) == []


async def test_while_redis_is_down_a_push_fails_nobody(doubles: Doubles, caplog: pytest.LogCaptureFixture) -> None:
    """Q5: the job is safe in Postgres, and no error tells the user otherwise."""
    doubles.queue.broken = True
    await handouts.push(doubles.clients, [handout(job_row(original_prompt="a secret prompt"))])
    (record,) = caplog.records
    assert "until the next sweep" in record.getMessage()
    assert "a secret prompt" not in caplog.text


async def test_while_redis_is_down_a_rewrite_says_so(doubles: Doubles) -> None:
    doubles.queue.broken = True
    with pytest.raises(QueueError):
        await handouts.rewrite(doubles.clients, {"sdxl_queue": [handout(job_row())]})


async def test_nothing_handed_out_asks_redis_nothing(doubles: Doubles) -> None:
    doubles.queue.broken = True
    await handouts.push(doubles.clients, [])


class SlowQueue(MemoryQueue):
    """Takes the elements when it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def push(self, elements: Mapping[str, Sequence[str]]) -> None:
        await self.go_on.wait()
        await super().push(elements)


async def test_a_slow_redis_is_not_waited_for_and_gets_the_elements_all_the_same(
    doubles: Doubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handouts, "PUSH_SECONDS", 0.01)
    queue = doubles.clients.queue = SlowQueue()
    async with asyncio.timeout(10):
        await handouts.push(doubles.clients, [handout(job_row())])
    assert not queue.lists["sdxl_queue"]
    queue.go_on.set()
    await doubles.clients.settle()
    assert len(queue.lists["sdxl_queue"]) == 1


async def test_a_caller_that_goes_away_does_not_take_the_push_along(doubles: Doubles) -> None:
    """Q3: no request that was cut off leaves a job behind that no list names."""
    queue = doubles.clients.queue = SlowQueue()
    request = asyncio.create_task(handouts.push(doubles.clients, [handout(job_row())]))
    await asyncio.sleep(0)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    queue.go_on.set()
    await doubles.clients.settle()
    assert len(queue.lists["sdxl_queue"]) == 1
