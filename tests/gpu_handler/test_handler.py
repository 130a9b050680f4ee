"""RunPod's entry, in this process and as RunPod starts it."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from gpu_handler import handler as entry
from gpu_handler.handler import handler
from tests.fixtures.job_site import JobSite
from tests.fixtures.orders import PROMPT, job_order, queue_element

TINY_JOB = {"type": "sdxl_image_fast", "prompt": PROMPT, "config": {"steps": 1, "seed": 1}}


@pytest.fixture(autouse=True)
def environment(site: JobSite, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in site.environment.items():
        monkeypatch.setenv(name, value)
    yield
    if entry.process_parts.cache_info().currsize:
        entry.process_parts().close()
        entry.process_parts.cache_clear()


def wait_for_progress(site: JobSite) -> None:
    deadline = time.monotonic() + 60
    while not any(report.progress > 0 for report in site.callback.reports):
        assert time.monotonic() < deadline
        time.sleep(0.02)


async def test_a_drain_empties_the_queue(site: JobSite) -> None:
    for _ in range(2):
        site.offer(job_order(model_variant="sdxl_shapes"))

    reply = await handler({"id": "runpod-1", "input": {"queues": ["sdxl_queue"]}})

    assert (reply["processed"], reply["completed"], reply["ended_by"]) == (2, 2, "empty")
    assert [end.status for end in site.callback.ends] == ["completed", "completed"]


async def test_a_job_with_a_callback_is_made_and_reported(site: JobSite) -> None:
    order = job_order(model_variant="sdxl_shapes")
    site.offer(order)

    reply = await handler({"input": queue_element(order, site.callback_url).model_dump()})

    assert reply == {"job_id": order.id, "status": "completed"}
    assert site.calls["take"] == 0


async def test_the_models_stay_loaded_between_jobs() -> None:
    first = await handler({"input": TINY_JOB})
    second = await handler({"input": TINY_JOB})

    assert first["images"][0]["data"] == second["images"][0]["data"]
    assert second["metadata"]["stage_seconds"]["load"] == 0


async def test_a_runpod_job_that_is_cancelled_hands_its_attempt_back(site: JobSite) -> None:
    site.offer(job_order(model_variant="sdxl_shapes", steps=50, width=512, height=512))
    drain = asyncio.create_task(handler({"input": {"queues": ["sdxl_queue"]}}))
    await asyncio.to_thread(wait_for_progress, site)

    drain.cancel()

    with pytest.raises(asyncio.CancelledError):
        await drain
    assert [end.error_code for end in site.callback.ends] == ["preempted"]


@pytest.mark.parametrize("event", [{}, {"input": None}, {"input": {"queues": ["disco_queue"]}}])
async def test_wrong_input_is_answered_with_the_valid_one(event: dict[str, object]) -> None:
    reply = await handler(event)

    assert list(reply) == ["error"]
    assert "sdxl_queue" in reply["error"]


async def test_a_missing_setting_is_answered_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UPSTASH_REDIS_REST_TOKEN")

    reply = await handler({"input": {"queues": ["sdxl_queue"]}})

    assert reply == {"error": "UPSTASH_REDIS_REST_TOKEN is not set."}


async def test_missing_weights_are_answered_with_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELS", "default")

    reply = await handler({"input": {"queues": ["sdxl_queue"]}})

    assert "MODELS_DIR" in reply["error"]


def test_importing_the_entry_imports_no_model_library() -> None:
    code = (
        "import sys, gpu_handler.handler; print(*({'torch', 'diffusers', 'transformers', 'runpod'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []


def test_runpod_s_own_test_call_makes_a_picture_without_a_queue() -> None:
    queue_settings = ("UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN", "JOB_CALLBACK_URL")
    environment = {name: value for name, value in os.environ.items() if name not in queue_settings}

    done = subprocess.run(
        [sys.executable, "-m", "gpu_handler.handler", "--test_input", json.dumps({"input": TINY_JOB})],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "iVBORw0KGgo" in done.stdout
    assert "completed successfully" in done.stdout
