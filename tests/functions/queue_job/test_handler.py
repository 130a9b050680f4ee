"""A submission over HTTP, up to the call of SQL: what is refused before it, and how its answer is told."""

from typing import Any

import pytest
from fastapi import FastAPI

from functions.edge.database import DatabaseUnavailable
from functions.queue_job import submission
from shared.model_variants import MODEL_SETS
from tests.fixtures.functions import Doubles, doubled
from tests.fixtures.rows import handout, job_row, submitted

JOB = {"job_type": "sdxl_image_fast", "prompt": "a red cat"}


async def submit(doubles: Doubles, headers: dict[str, str] | None = None, **fields: Any) -> Any:
    return await doubles.http.post("queue-job", json={**JOB, **fields}, headers={**doubles.as_user, **(headers or {})})


def call(doubles: Doubles) -> dict[str, Any]:
    """The arguments of the one call of SQL."""
    ((function, arguments),) = doubles.database.calls
    assert function == "submit_job"
    return arguments


async def test_the_answer_has_every_field_that_a_document_promises(doubles: Doubles) -> None:
    row = job_row(user_id=str(doubles.user_id), warnings=["a warning"])
    doubles.database.will_answer(
        "submit_job", submitted(row, position=2, queue_length=3, eta_p50_seconds=70, eta_p90_seconds=95)
    )
    answer = await submit(doubles)
    assert answer.status_code == 200
    body = answer.json()
    assert body.pop("job")["metadata"] == row["metadata"]
    assert body == {
        "success": True,
        "jobId": row["id"],
        "job_id": row["id"],
        "status": "queued",
        "queueName": "sdxl_queue",
        "queueLength": 3,
        "message": "The job is queued.",
        "modelVariant": "sdxl_shapes",
        "isSDXL": True,
        "negativePromptSupported": True,
        "referenceImageSupported": True,
        "flexibleQuantitiesSupported": True,
        "seedControlSupported": True,
        "workspaceSessionId": None,
        "position": 2,
        "etaSeconds": 70,
        "etaP90Seconds": 95,
        "warnings": ["a warning"],
        "debug": {
            "userId": str(doubles.user_id),
            "hasPrompt": True,
            "destination": "workspace",
            "workspaceSessionCreated": False,
        },
    }


async def test_a_job_that_a_worker_took_already_is_told_as_it_is(doubles: Doubles) -> None:
    """A repeated request may find its job running."""
    row = job_row(status="processing")
    doubles.database.will_answer("submit_job", submitted(row, outcome="replayed", position=None, handouts=[]))
    body = (await submit(doubles)).json()
    assert (body["status"], body["position"], body["etaSeconds"]) == ("processing", None, 25)
    assert body["message"] == "The job is running."


async def test_what_was_handed_out_is_pushed(doubles: Doubles) -> None:
    mine, anothers = job_row(), job_row()
    doubles.database.will_answer("submit_job", submitted(mine, handouts=[handout(anothers), handout(mine)]))
    await submit(doubles)
    assert [row["id"] in text for row, text in zip((anothers, mine), doubles.queue.lists["sdxl_queue"], strict=True)]


async def test_while_redis_is_down_a_job_is_accepted_all_the_same(doubles: Doubles) -> None:
    """Q4, Q5: the row is the truth; a push that failed turns no job into a failed one."""
    doubles.queue.broken = True
    doubles.database.will_answer("submit_job", submitted())
    answer = await submit(doubles)
    assert (answer.status_code, answer.json()["status"]) == (200, "queued")


async def test_the_row_s_owner_is_the_token_s_user_whatever_the_body_says(doubles: Doubles) -> None:
    doubles.database.will_answer("submit_job", submitted())
    await submit(doubles, user_id="5f1f4c3e-8b1a-4f57-9d3c-2e6f7a8b9c0d", userId="another")
    assert call(doubles)["p_user_id"] == doubles.user_id


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 1),
        ({"num_images": 6}, 6),
        ({"job_type": "sdxl_image_high", "num_images": 3}, 6),
        ({"credits": 0, "metadata": {"credits": 0}}, 1),
        ({"credits": -100, "num_images": 3}, 3),
    ],
)
async def test_the_price_is_the_table_s_whatever_the_client_says(
    doubles: Doubles, fields: dict[str, Any], expected: int
) -> None:
    doubles.database.will_answer("submit_job", submitted())
    await submit(doubles, **fields)
    assert call(doubles)["p_credits"] == expected


@pytest.mark.parametrize("key", [None, "x", "x" * 255, "5f1f4c3e-8b1a-4f57-9d3c-2e6f7a8b9c0d"])
async def test_the_idempotency_key_goes_to_sql(doubles: Doubles, key: str | None) -> None:
    doubles.database.will_answer("submit_job", submitted())
    await submit(doubles, {"Idempotency-Key": key} if key else {})
    assert call(doubles)["p_idempotency_key"] == key


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_an_idempotency_key_of_another_length_is_refused(doubles: Doubles, key: str) -> None:
    answer = await submit(doubles, {"Idempotency-Key": key})
    assert answer.status_code == 400
    assert "idempotency-key" in answer.json()["details"]
    assert doubles.database.calls == []


@pytest.mark.parametrize(
    ("outcome", "status", "code"),
    [
        ("adult_not_verified", 403, "adult_not_verified"),
        ("idempotency_conflict", 409, "conflict"),
        ("not_found", 401, "unauthenticated"),
    ],
)
async def test_what_sql_refuses_is_told_as_an_error(doubles: Doubles, outcome: str, status: int, code: str) -> None:
    doubles.database.will_answer("submit_job", {"outcome": outcome})
    answer = await submit(doubles)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not doubles.queue.lists


async def test_while_the_database_is_down_nothing_is_accepted(doubles: Doubles) -> None:
    doubles.database.will_answer("submit_job", DatabaseUnavailable())
    answer = await submit(doubles)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer.headers["retry-after"] == "5"


class TestRefusedBeforeAnythingIsWritten:
    @pytest.fixture(autouse=True)
    def nothing_is_written(self, doubles: Doubles) -> Any:
        yield
        assert doubles.database.calls == []
        assert not doubles.queue.lists

    async def test_a_caller_who_is_nobody(self, doubles: Doubles) -> None:
        answer = await doubles.http.post("queue-job", json=JOB)
        assert answer.status_code == 401

    async def test_the_service_itself_which_has_no_jobs(self, doubles: Doubles) -> None:
        assert (await doubles.http.post("queue-job", json=JOB, headers=doubles.as_service)).status_code == 401

    @pytest.mark.parametrize("job_type", ["video_fast", "image7b_high_enhanced", "wan_video_fast", "chat_enhance"])
    async def test_a_type_that_no_generator_serves(
        self, doubles: Doubles, job_type: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(submission, "MODEL_SETS", {"demo": {"sdxl": MODEL_SETS["demo"]["sdxl"]}})
        answer = await submit(doubles, job_type=job_type)
        assert (answer.status_code, answer.json()["code"]) == (503, "type_unavailable")
        assert job_type in answer.json()["error"]
        assert answer.headers["retry-after"] == "3600"

    async def test_an_explicit_prompt(self, doubles: Doubles) -> None:
        answer = await submit(doubles, prompt="explicit hardcore porn")
        assert (answer.status_code, answer.json()["code"]) == (422, "content_policy")
        assert answer.json()["details"] == "reason: explicit_in_sfw"

    async def test_adult_content_where_it_is_forbidden(self, doubles: Doubles) -> None:
        answer = await submit(doubles, content_mode="nsfw")
        assert (answer.status_code, answer.json()["code"]) == (403, "adult_not_verified")

    @pytest.mark.parametrize(
        ("fields", "code", "flag"),
        [
            ({"job_type": "flux"}, "invalid_job_type", None),
            ({"prompt": ""}, "invalid_request", None),
            ({"prompt": "x" * 1001}, "invalid_request", None),
            ({"seed": -1}, "invalid_request", "invalidSeed"),
            ({"seed": 2**31 - 1, "num_images": 3}, "invalid_request", "invalidSeed"),
            ({"num_images": 2}, "invalid_request", "invalidQuantity"),
            ({"job_type": "video_fast", "num_images": 3}, "invalid_request", "invalidQuantity"),
            ({"reference_strength": 2}, "invalid_request", "referenceImageError"),
            ({"referenceImageUrl": 5}, "invalid_request", "referenceImageError"),
        ],
    )
    async def test_a_field_outside_its_bounds(
        self, doubles: Doubles, fields: dict[str, Any], code: str, flag: str | None
    ) -> None:
        answer = await submit(doubles, **fields)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        flags = {"invalidSeed", "invalidQuantity", "referenceImageError"} & answer.json().keys()
        assert flags == ({flag} if flag else set())


async def test_where_adult_content_is_allowed_the_account_decides(doubled_app: FastAPI) -> None:
    async with doubled(doubled_app, ADULT_CONTENT="verified") as doubles:
        doubles.database.will_answer("submit_job", submitted())
        assert (await submit(doubles, content_mode="nsfw")).status_code == 200
        assert call(doubles)["p_job"]["config"]["content_mode"] == "nsfw"


async def test_the_default_models_draw_at_their_own_size(doubled_app: FastAPI) -> None:
    async with doubled(doubled_app, MODELS="default") as doubles:
        row = job_row(metadata={"model_variant": "sdxl_base_1_0"})
        doubles.database.will_answer("submit_job", submitted(row))
        assert (await submit(doubles, metadata={"aspect_ratio": "9:16"}, auto_negative=False)).json()[
            "modelVariant"
        ] == ("sdxl_base_1_0")
        job = call(doubles)["p_job"]
        assert job["metadata"]["model_variant"] == "sdxl_base_1_0"
        assert (job["config"]["width"], job["config"]["height"]) == (576, 1024)
