"""The wire: each message's JSON is pinned, because the other side may be of another deployment."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared import conversation, messages
from shared.conversation import ChatRequest, ChatTurn
from shared.messages import (
    Asset,
    Callback,
    ClaimReply,
    ClaimRequest,
    EndReport,
    JobOrder,
    Message,
    Output,
    ProgressReply,
    ProgressReport,
    QueueElement,
    Upload,
)

JOB = "0b7b9f52-58a6-4ee6-8fd6-6f0d1ae6a0c1"
USER = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
PATH = f"{USER}/{JOB}/1-0.png"

CALLBACK = {"url": "https://project.example/functions/v1/job-callback", "token": "queue-token"}
TURN = {"role": "user", "content": "What do you see?"}
CHAT = {
    "messages": [{"role": "system", "content": "Be brief."}, TURN],
    "max_tokens": 64,
    "temperature": 0.5,
    "top_p": 0.8,
    "seed": 7,
    "stop": ["User:"],
    "stream": True,
    "content_mode": "nsfw",
}
ORDER = {
    "id": JOB,
    "type": "sdxl_image_fast",
    "user_id": USER,
    "prompt": "a lighthouse",
    "negative_prompt": "blurry",
    "config": {"seed": 7, "num_images": 3},
    "metadata": {"destination": "library"},
    "compel_enabled": True,
    "compel_weights": "(lighthouse)1.2",
    "content_mode": "nsfw",
    "model_variant": "sdxl_base_1_0",
    "chat": CHAT,
}
UPLOAD = {
    "index": 0,
    "role": "thumbnail",
    "path": PATH,
    "url": "https://project.example/storage/v1/upload",
    "content_type": "image/webp",
    "byte_limit": 1048576,
}
OUTPUT = {"index": 0, "path": PATH, "thumbnail_path": f"{USER}/{JOB}/1-0.thumb.webp", "metadata": {"seed": 7}}
ASSET = {"type": "image", "url": PATH, "thumbnail_url": f"{USER}/{JOB}/1-0.thumb.webp", "metadata": {"seed": 7}}

FULL: dict[type[Message], dict[str, Any]] = {
    ChatTurn: TURN,
    ChatRequest: CHAT,
    Callback: CALLBACK,
    QueueElement: {
        "id": JOB,
        "type": "sdxl_image_fast",
        "prompt": "a lighthouse",
        "user_id": USER,
        "config": {"seed": 7},
        "metadata": {"session_name": "coast"},
        "negative_prompt": "blurry",
        "compel_enabled": True,
        "compel_weights": "(lighthouse)1.2",
        "callback": CALLBACK,
    },
    ClaimRequest: {"job_id": JOB, "status": "processing", "worker_id": "worker-1", "claim_id": "claim-1"},
    JobOrder: ORDER,
    Upload: UPLOAD,
    Output: OUTPUT,
    ClaimReply: {
        "success": True,
        "attempt": 2,
        "lease_seconds": 15.0,
        "token": "attempt-token",
        "job": ORDER,
        "done": [OUTPUT],
        "uploads": [UPLOAD],
        "references": {"style": "https://project.example/storage/v1/object/sign"},
    },
    ProgressReport: {
        "job_id": JOB,
        "status": "processing",
        "progress": 0.5,
        "stage": "generating",
        "outputs": [OUTPUT],
        "text": "so far",
    },
    ProgressReply: {"success": True, "cancelled": True},
    Asset: ASSET,
    EndReport: {
        "job_id": JOB,
        "status": "failed",
        "assets": [ASSET],
        "error_message": "the memory did not suffice",
        "error_code": "out_of_memory",
        "retryable": True,
        "text": "What was said.",
        "enhanced_prompt": "a lighthouse above a violet sea",
        "metadata": {"worker_id": "worker-1"},
    },
}

# What may be left out, and what stands for it then.
DEFAULTS: dict[type[Message], dict[str, Any]] = {
    ChatTurn: {},
    ChatRequest: {
        "max_tokens": 512,
        "temperature": 0.7,
        "top_p": 0.9,
        "seed": None,
        "stop": [],
        "stream": False,
        "content_mode": "sfw",
    },
    Callback: {},
    QueueElement: {
        "prompt": "",
        "user_id": "",
        "config": {},
        "metadata": {},
        "negative_prompt": None,
        "compel_enabled": None,
        "compel_weights": None,
        "callback": None,
    },
    ClaimRequest: {"status": "processing"},
    JobOrder: {
        "negative_prompt": None,
        "config": {},
        "metadata": {},
        "compel_enabled": False,
        "compel_weights": None,
        "content_mode": "sfw",
        "chat": None,
    },
    Upload: {},
    Output: {"thumbnail_path": None, "metadata": {}},
    ClaimReply: {"done": [], "uploads": [], "references": {}},
    ProgressReport: {"status": "processing", "outputs": [], "text": None},
    ProgressReply: {"cancelled": False},
    Asset: {"thumbnail_url": None, "metadata": {}},
    EndReport: {
        "assets": [],
        "error_message": None,
        "error_code": None,
        "retryable": False,
        "text": None,
        "enhanced_prompt": None,
        "metadata": {},
    },
}

every_message = pytest.mark.parametrize("message", FULL, ids=lambda message: message.__name__)


def test_every_message_is_pinned_here() -> None:
    written = {**vars(conversation), **vars(messages)}.values()
    made = {each for each in written if isinstance(each, type) and issubclass(each, Message)}

    assert made - {Message} == set(FULL) == set(DEFAULTS)


@every_message
def test_a_message_is_written_as_it_is_pinned(message: type[Message]) -> None:
    assert json.loads(message.model_validate(FULL[message]).model_dump_json()) == FULL[message]


@every_message
def test_a_message_is_read_from_what_it_writes(message: type[Message]) -> None:
    read = message.model_validate(FULL[message])

    assert message.model_validate_json(read.model_dump_json()) == read


@every_message
def test_the_optional_fields_stand_at_their_defaults(message: type[Message]) -> None:
    required = {name: value for name, value in FULL[message].items() if name not in DEFAULTS[message]}

    assert json.loads(message.model_validate(required).model_dump_json()) == required | DEFAULTS[message]


@every_message
def test_every_other_field_is_required(message: type[Message]) -> None:
    for name in FULL[message].keys() - DEFAULTS[message].keys():
        with pytest.raises(ValidationError) as caught:
            message.model_validate({key: value for key, value in FULL[message].items() if key != name})
        assert [error["loc"] for error in caught.value.errors()] == [(name,)]


@every_message
def test_a_key_of_a_later_version_is_ignored(message: type[Message]) -> None:
    read = message.model_validate(FULL[message] | {"a_key_of_tomorrow": 1})

    assert read == message.model_validate(FULL[message])
    assert "a_key_of_tomorrow" not in read.model_dump()


def test_a_key_of_a_later_version_is_ignored_inside_a_message() -> None:
    later = FULL[ClaimReply] | {"job": ORDER | {"a_key_of_tomorrow": 1}, "uploads": [UPLOAD | {"a_key": 1}]}

    assert ClaimReply.model_validate(later) == ClaimReply.model_validate(FULL[ClaimReply])


def test_keys_of_config_and_metadata_are_kept() -> None:
    element = QueueElement.model_validate({"id": JOB, "type": "x", "config": {"of": {"any": [1, None]}}})

    assert element.config == {"of": {"any": [1, None]}}


@every_message
def test_a_message_cannot_be_changed(message: type[Message]) -> None:
    read = message.model_validate(FULL[message])

    with pytest.raises(ValidationError, match="frozen"):
        setattr(read, next(iter(FULL[message])), None)


@pytest.mark.parametrize(
    ("message", "field", "value"),
    [
        (Callback, "token", None),
        (QueueElement, "id", 7),
        (QueueElement, "config", []),
        (QueueElement, "callback", {"url": "https://project.example"}),
        (ClaimRequest, "status", "completed"),
        (JobOrder, "content_mode", "adult"),
        (JobOrder, "prompt", None),
        (ChatRequest, "messages", []),
        (ChatRequest, "stop", ["a"] * 5),
        (ChatRequest, "stop", [""]),
        (ChatRequest, "stop", ["a" * 65]),
        (Upload, "role", "preview"),
        (Upload, "byte_limit", "many"),
        (Output, "index", -1),
        (Output, "index", 100),
        (Output, "index", 0.5),
        (ClaimReply, "attempt", "two"),
        (ClaimReply, "references", {"style": None}),
        (ProgressReport, "progress", -0.01),
        (ProgressReport, "progress", 1.01),
        (ProgressReport, "progress", float("nan")),
        (ProgressReport, "status", "completed"),
        (ProgressReply, "success", None),
        (Asset, "type", "text"),
        (EndReport, "status", "processing"),
        (EndReport, "status", "queued"),
        (EndReport, "assets", None),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_a_bad_value_is_refused(message: type[Message], field: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        message.model_validate(FULL[message] | {field: value})

    assert {error["loc"][0] for error in caught.value.errors()} == {field}


@pytest.mark.parametrize("progress", [0, 0.0, 1, 1.0])
def test_progress_runs_from_0_to_1(progress: float) -> None:
    assert ProgressReport(job_id=JOB, progress=progress, stage="starting").progress == progress


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_an_attempt_ends_in_three_ways(status: Any) -> None:
    assert EndReport(job_id=JOB, status=status).status == status


@given(prompt=st.text(), token=st.text())
def test_any_text_survives_the_queue(prompt: str, token: str) -> None:
    element = QueueElement(id=JOB, type="image_fast", prompt=prompt, callback=Callback(url="u", token=token))

    assert QueueElement.model_validate_json(element.model_dump_json()) == element


@pytest.mark.parametrize("text", ["", "null", "[]", '"job"', "{", "{}", '{"id": "a"}'])
def test_text_that_is_no_queue_element_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        QueueElement.model_validate_json(text)
