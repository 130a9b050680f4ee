from collections.abc import Iterator
from typing import Any

import pytest

from gpu_handler import settings
from gpu_handler.parts import Parts
from gpu_handler.settings import SettingsError, WorkerSettings
from gpu_handler.tasks.direct import CallbackJob, InlineJob, InlineText
from gpu_handler.tasks.drain import Drain
from gpu_handler.tasks.inputs import InvalidInput, task_for
from shared.model_variants import MODEL_SETS
from tests.fixtures.job_site import JobSite
from tests.fixtures.orders import PROMPT, job_order, queue_element

JOB = {"type": "sdxl_image_fast", "prompt": PROMPT}


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    for name in ("UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN", "JOB_CALLBACK_URL", "WORKER_QUEUES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MODELS", "demo")
    parts = Parts(WorkerSettings())
    yield parts
    parts.close()


def refusal(job_input: Any, parts: Parts) -> str:
    with pytest.raises(InvalidInput) as raised, task_for(job_input, parts):
        pass
    return str(raised.value)


@pytest.mark.parametrize("job_input", [None, 7, [], {}, {"type": "sdxl_image_fast"}, {"prompt": PROMPT}])
def test_neither_queues_nor_a_job_is_refused_with_both_named(job_input: Any, parts: Parts) -> None:
    assert (
        refusal(job_input, parts)
        == 'input needs "queues" (of sdxl_queue, wan_queue, chat_queue), or "type" and "prompt" of one job.'
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"queues": []}, "queues: "),
        ({"queues": "sdxl_queue"}, "queues: "),
        ({"queues": ["tea_queue"]}, "queues: this worker serves sdxl_queue, wan_queue, chat_queue only."),
        ({"max_jobs": 0}, "max_jobs: "),
        ({"max_seconds": 0}, "max_seconds: "),
        ({"max_seconds": 86_401}, "max_seconds: "),
        ({"max_job": 1}, "max_job: "),
    ],
)
def test_a_wrong_drain_is_refused_and_the_field_named(change: dict[str, Any], complaint: str, parts: Parts) -> None:
    assert refusal({"queues": ["sdxl_queue"]} | change, parts).startswith(complaint)


def test_a_drain_needs_the_queue_settings(parts: Parts) -> None:
    with pytest.raises(SettingsError, match="JOB_CALLBACK_URL"), task_for({"queues": ["sdxl_queue"]}, parts):
        pass


def test_a_drain_is_read(parts: Parts, site: JobSite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in site.environment.items():
        monkeypatch.setenv(name, value)

    with task_for({"queues": ["sdxl_queue"], "max_jobs": 5, "max_seconds": 60}, parts) as task:
        assert isinstance(task, Drain)


def test_a_job_without_a_callback_is_made_inline_and_needs_no_settings(parts: Parts) -> None:
    with task_for(JOB, parts) as task:
        assert isinstance(task, InlineJob)


@pytest.mark.parametrize("name", ["oil_painting", "video_fast"])
def test_a_type_that_is_not_served_is_refused_and_the_served_ones_named(
    name: str, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MODEL_SETS", {"demo": {"sdxl": MODEL_SETS["demo"]["sdxl"]}})
    served = "sdxl_image_fast, sdxl_image_high"
    assert refusal(JOB | {"type": name}, parts) == f"type: must be one of {served}."


def test_a_talk_without_a_callback_is_what_the_caller_said(parts: Parts) -> None:
    said = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]
    config = {"messages": said, "system_prompt": "Be brief.", "max_tokens": 9, "seed": 3, "content_mode": "nsfw"}
    with task_for({"type": "chat_conversation", "prompt": PROMPT, "config": config}, parts) as task:
        assert isinstance(task, InlineText)
        asked = task._order.chat
    assert asked is not None
    assert [turn.content for turn in asked.messages] == ["Be brief.", "Hi.", "Hello.", PROMPT]
    assert (asked.max_tokens, asked.seed, asked.content_mode) == (9, 3, "nsfw")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"config": {"temperature": 3}}, "temperature"),
        ({"config": {"messages": [{"role": "tool", "content": ""}]}}, "role"),
        ({"config": {"messages": 5}}, "messages"),
        ({"type": "chat_enhance"}, "config.system_prompt"),
    ],
)
def test_a_talk_that_cannot_be_asked_is_refused_and_the_field_named(
    change: dict[str, Any], named: str, parts: Parts
) -> None:
    assert named in refusal({"type": "chat_conversation", "prompt": PROMPT} | change, parts)


def test_a_job_of_the_wrong_shape_is_refused_and_the_field_named(parts: Parts) -> None:
    assert refusal(JOB | {"config": "fast"}, parts).startswith("config: ")


def test_a_job_with_a_callback_needs_the_callback_url(parts: Parts, site: JobSite) -> None:
    element = queue_element(job_order(), site.callback_url).model_dump()

    with pytest.raises(SettingsError, match="JOB_CALLBACK_URL is not set"), task_for(element, parts):
        pass


def test_a_job_with_a_callback_is_an_attempt(parts: Parts, site: JobSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOB_CALLBACK_URL", site.callback_url)

    with task_for(queue_element(job_order(), site.callback_url).model_dump(), parts) as task:
        assert isinstance(task, CallbackJob)


def test_a_callback_on_another_host_is_refused(parts: Parts, site: JobSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOB_CALLBACK_URL", site.callback_url)

    assert "another host" in refusal(queue_element(job_order(), "https://evil.test/").model_dump(), parts)
