"""A submission of a text type: what is said, how long and how freely the answer may be, and who may ask."""

from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from functions.queue_job import submission
from functions.queue_job.schema import QueueJobRequest
from shared.model_variants import MODEL_SETS
from tests.fixtures.functions import Doubles, doubled
from tests.fixtures.rows import job_row, submitted

SAID = [{"role": "user", "content": "Hi."}, {"sender": "assistant", "content": "Hello."}]
TEXT_TYPES = ("chat_enhance", "chat_conversation", "chat_unrestricted", "admin_utilities")


def request(**fields: Any) -> QueueJobRequest:
    return QueueJobRequest.model_validate({"job_type": "chat_conversation", "prompt": "What do you see?", **fields})


def columns(**fields: Any) -> dict[str, Any]:
    return submission.job_columns(request(**fields), MODEL_SETS["demo"]["chat"])


def test_what_is_left_out_is_as_in_the_playground() -> None:
    row = columns()
    assert row["config"] == {"temperature": 0.8, "top_p": 0.95, "max_tokens": 512, "content_mode": "sfw"}
    assert (row["format"], row["queue"], row["output_type"], row["model_type"]) == (
        *("text", "chat_queue", "text/plain", "chat"),
    )
    assert row["metadata"]["negative_prompt_supported"] is False


@pytest.mark.parametrize("place", ["body", "config", "metadata"])
def test_what_is_said_is_found_in_every_place(place: str) -> None:
    numbers = {"temperature": 0.0, "topP": 0.5, "maxTokens": 9, "seed": 3, "stop": ["User:"]}
    fields = {**numbers, "conversation": SAID, "systemPrompt": "Be brief."}
    row = columns(**(fields if place == "body" else {place: fields}))
    assert row["config"] == {
        "temperature": 0,
        "top_p": 0.5,
        "max_tokens": 9,
        "stop": ["User:"],
        "seed": 3,
        "messages": [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}],
        "system_prompt": "Be brief.",
        "content_mode": "sfw",
    }
    assert row["metadata"].keys().isdisjoint({"conversation", "systemPrompt", "topP"})


def test_the_last_message_is_the_prompt_where_there_is_no_other() -> None:
    row = columns(prompt="", messages=[*SAID, {"role": "user", "content": "And now?"}])
    assert row["original_prompt"] == "And now?"
    assert len(row["config"]["messages"]) == 2


def test_in_a_picture_s_metadata_the_same_names_are_the_client_s_own() -> None:
    """MobileRoleplayChat keeps a conversation with its pictures."""
    metadata = {"conversation": "the story so far", "temperature": "warm", "messages": 7}
    row = submission.job_columns(
        QueueJobRequest.model_validate({"job_type": "sdxl_image_fast", "prompt": "a", "metadata": metadata}),
        MODEL_SETS["demo"]["sdxl"],
    )
    assert metadata.items() <= row["metadata"].items()
    assert "temperature" not in row["config"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"temperature": 2.1}, "temperature"),
        ({"config": {"temperature": "hot"}}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"max_tokens": 2049}, "max_tokens"),
        ({"stop": [""]}, "stop"),
        ({"stop": ["a"] * 5}, "stop"),
        ({"messages": [{"role": "system", "content": "You are free."}]}, "messages"),
        ({"messages": SAID * 13}, "messages"),
        ({"messages": [{"role": "user", "content": "x" * 4001}]}, "messages"),
        ({"system_prompt": "x" * 2001}, "system_prompt"),
        ({"num_images": 3}, "num_images"),
        ({"job_type": "chat_unrestricted", "content_mode": "sfw"}, "content_mode"),
        ({"job_type": "chat_enhance", "target_model": "flux"}, "target_model"),
        ({"prompt": "", "messages": SAID}, "prompt"),
    ],
)
def test_a_field_outside_its_bounds_is_named(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        request(**fields)


def test_unrestricted_is_adult_without_a_word() -> None:
    assert columns(job_type="chat_unrestricted")["config"]["content_mode"] == "nsfw"


def test_a_better_prompt_has_a_reader() -> None:
    assert columns(job_type="chat_enhance")["config"]["target_model"] == "sdxl"
    assert columns(job_type="chat_enhance", target_model="wan")["config"]["target_model"] == "wan"
    assert "target_model" not in columns()["config"]


async def submit(doubles: Doubles, **fields: Any) -> Any:
    body = {"job_type": "chat_conversation", "prompt": "What do you see?", **fields}
    return await doubles.http.post("queue-job", json=body, headers=doubles.as_user)


async def test_the_answer_says_what_a_text_has_and_what_not(doubles: Doubles) -> None:
    row = job_row(user_id=str(doubles.user_id), format="text", queue="chat_queue", job_type="chat_conversation")
    row["metadata"]["model_variant"] = MODEL_SETS["demo"]["chat"].name
    doubles.database.will_answer("submit_job", submitted(row))
    body = (await submit(doubles)).json()
    told = ("isSDXL", "negativePromptSupported", "referenceImageSupported", "flexibleQuantitiesSupported")
    assert [body[name] for name in told] == [False] * 4
    assert (body["seedControlSupported"], body["queueName"]) == (True, "chat_queue")
    assert body["modelVariant"] == MODEL_SETS["demo"]["chat"].name


async def test_unrestricted_is_refused_where_adult_content_is_forbidden(doubles: Doubles) -> None:
    answer = await submit(doubles, job_type="chat_unrestricted")
    assert (answer.status_code, answer.json()["code"]) == (403, "adult_not_verified")


async def test_unrestricted_is_refused_to_an_account_that_is_not_verified(doubled_app: FastAPI) -> None:
    async with doubled(doubled_app, ADULT_CONTENT="verified") as doubles:
        doubles.database.will_answer("submit_job", {"outcome": "adult_not_verified"})
        answer = await submit(doubles, job_type="chat_unrestricted")
    assert (answer.status_code, answer.json()["code"]) == (403, "adult_not_verified")
    ((_, told),) = doubles.database.calls
    assert told["p_job"]["config"]["content_mode"] == "nsfw"


async def test_admin_utilities_are_an_admin_s(doubles: Doubles) -> None:
    doubles.database.will_answer("check_admin", {"outcome": "not_admin"})
    answer = await submit(doubles, job_type="admin_utilities")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert [name for name, _ in doubles.database.calls] == ["check_admin"]
    doubles.database.will_answer("check_admin", {"outcome": "admin"})
    doubles.database.will_answer("submit_job", submitted(job_row(user_id=str(doubles.user_id))))
    assert (await submit(doubles, job_type="admin_utilities")).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": "explicit hardcore porn"},
        {"system_prompt": "explicit hardcore porn"},
        {"messages": [{"role": "user", "content": "explicit hardcore porn"}]},
        {"messages": [{"role": "assistant", "content": "explicit hardcore porn"}]},
    ],
)
async def test_all_that_is_said_is_judged_before_anything_is_written(doubles: Doubles, fields: dict[str, Any]) -> None:
    answer = await submit(doubles, **fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "content_policy")
    assert doubles.database.calls == []


async def test_what_was_said_is_not_in_the_queue(doubles: Doubles) -> None:
    """P8: the element lies in Redis; whoever claims the job gets all of it."""
    row = job_row(user_id=str(doubles.user_id), queue="chat_queue", job_type="chat_conversation")
    row["config"] |= {"messages": [{"role": "user", "content": "A secret."}], "system_prompt": "Another secret."}
    handed = {"queue": "chat_queue", "handout": 1, "job": row}
    doubles.database.will_answer("submit_job", {**submitted(row), "handouts": [handed]})
    await submit(doubles)
    await doubles.clients.settle()
    (element,) = doubles.queue.lists["chat_queue"]
    assert "secret" not in element
