"""Claims over the stack: what a worker is given, once and again."""

from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

from devstack.project import Project
from functions.app import create_app
from functions.job_callback.claim import REPORT_SECONDS
from shared.job_types import JOB_TYPES
from shared.messages import ClaimReply
from shared.paths import THUMBNAIL_BYTE_LIMIT
from tests.fixtures.functions import project_environment, started
from tests.fixtures.users import User
from tests.fixtures.wire import PNG, Wire


async def test_a_claimed_job_is_processing_and_has_a_start(wire: Wire) -> None:
    """Q9: somebody sets processing, and when."""
    attempt = await wire.start()
    row = await wire.job(attempt.job_id)
    assert (row["status"], row["stage"], row["attempts"]) == ("processing", "claimed", 1)
    assert row["started_at"] is not None
    assert row["completed_at"] is None


async def test_the_order_is_the_whole_job_with_its_effective_numbers(wire: Wire) -> None:
    attempt = await wire.start(
        prompt="a fine cat",
        original_prompt="a cat",
        negative_prompt="blurry",
        compel_enabled=True,
        compel_weights="(cat:1.2)",
        seed=41,
        metadata={"private": "the client's own"},
    )
    assert attempt.claim["job"] == {
        "id": attempt.job_id,
        "type": "sdxl_image_fast",
        "user_id": wire.user.id,
        "prompt": "a fine cat",
        "negative_prompt": "blurry",
        "config": {
            "num_images": 1,
            "seed": 41,
            "num_inference_steps": 15,
            "guidance_scale": 6.0,
            "width": 64,
            "height": 64,
            "content_mode": "sfw",
        },
        "metadata": {"original_prompt": "a cat"},
        "compel_enabled": True,
        "compel_weights": "(cat:1.2)",
        "content_mode": "sfw",
        "model_variant": "sdxl_shapes",
        "chat": None,
    }


async def test_the_worker_s_own_model_reads_the_answer(wire: Wire) -> None:
    attempt = await wire.start(num_images=3)
    reply = ClaimReply.model_validate(attempt.claim)
    assert (reply.attempt, len(reply.uploads), reply.done, reply.references) == (1, 6, [], {})
    assert reply.lease_seconds > 0


@pytest.mark.parametrize("job_type", ["sdxl_image_fast", "sdxl_image_high"])
async def test_there_is_an_upload_for_every_object_with_its_type_and_limit(wire: Wire, job_type: str) -> None:
    attempt = await wire.start(job_type=job_type, num_images=3)
    folder = f"{wire.user.id}/{attempt.job_id}"
    expected = [
        upload
        for index in range(3)
        for upload in (
            (index, "asset", f"{folder}/1-{index}.png", "image/png", JOB_TYPES[job_type].byte_limit),
            (index, "thumbnail", f"{folder}/1-{index}.thumb.webp", "image/webp", THUMBNAIL_BYTE_LIMIT),
        )
    ]
    keys = ("index", "role", "path", "content_type", "byte_limit")
    assert [tuple(upload[key] for key in keys) for upload in attempt.claim["uploads"]] == expected


async def test_each_url_takes_its_object_once(wire: Wire) -> None:
    attempt = await wire.start()
    for upload in attempt.claim["uploads"]:
        assert (await attempt.put(upload)).status_code == 200
        assert (await attempt.put(upload)).status_code == 400


async def test_the_attempt_s_token_outlives_the_attempt_by_the_time_for_reports(wire: Wire) -> None:
    attempt = await wire.start()
    claims = jwt.decode(attempt.claim["token"], options={"verify_signature": False})
    assert claims["sub"] == attempt.job_id
    assert claims["attempt"] == 1
    assert claims["exp"] - claims["iat"] == pytest.approx(900 + REPORT_SECONDS)


async def test_the_same_claim_again_gets_the_same_attempt(wire: Wire) -> None:
    job_id = await wire.submit()
    token = await wire.queue_token(job_id)
    first, again = [(await wire.ask(job_id, token)).json() for _ in range(2)]
    assert first["attempt"] == again["attempt"] == 1
    assert first["job"] == again["job"]
    assert [upload["path"] for upload in first["uploads"]] == [upload["path"] for upload in again["uploads"]]
    assert (await wire.job(job_id))["attempts"] == 1


async def test_another_worker_with_the_same_element_gets_nothing(wire: Wire) -> None:
    job_id = await wire.submit()
    token = await wire.queue_token(job_id)
    await wire.ask(job_id, token)
    answer = await wire.ask(job_id, token, claim_id=uuid4().hex)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_handout")
    assert (await wire.job(job_id))["attempts"] == 1


@pytest.mark.parametrize("step", [-1, 1])
async def test_only_the_latest_hand_out_claims(wire: Wire, step: int) -> None:
    job_id = await wire.submit()
    number = await wire.hand_out(job_id)
    answer = await wire.ask(job_id, wire.edge.clients.tokens.queue_token(job_id, number + step))
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_handout")
    assert (await wire.job(job_id))["status"] == "queued"


async def test_a_cancelled_job_is_skipped(wire: Wire) -> None:
    """Q12: no GPU burns for a job that nobody wants."""
    job_id = await wire.submit()
    token = await wire.queue_token(job_id)
    await wire.edge.http.post("cancel-job", json={"job_id": job_id}, headers=wire.user.headers)
    answer = await wire.ask(job_id, token)
    assert (answer.status_code, answer.json()["skipped"], answer.json()["status"]) == (200, True, "cancelled")


async def test_a_job_that_is_gone_is_not_found(wire: Wire, owner: Any) -> None:
    job_id = await wire.submit()
    token = await wire.queue_token(job_id)
    await owner.execute("delete from jobs where id = $1::text::uuid", job_id)
    answer = await wire.ask(job_id, token)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_new_attempt_is_asked_for_the_missing_outputs_only(wire: Wire) -> None:
    first = await wire.start(num_images=3)
    await first.deliver(1)
    await first.say("processing", progress=0.4, stage="generating", outputs=first.outputs(1))
    await first.say("failed", error_code="network", retryable=True)
    second = await wire.claim(first.job_id, claim_id=uuid4().hex)
    assert second.claim["attempt"] == 2
    assert second.claim["done"] == first.outputs(1)
    assert sorted({upload["index"] for upload in second.claim["uploads"]}) == [0, 2]
    assert all("/2-" in upload["path"] for upload in second.claim["uploads"])


async def test_storage_down_at_a_claim_costs_no_attempt(
    project: Project, web: httpx.AsyncClient, owner: Any, user: User
) -> None:
    """The same claim succeeds later, as the same attempt."""
    variables = project_environment(project, "postgres")
    unreachable = variables | {"SUPABASE_URL": "http://127.0.0.1:1"}
    async with started(create_app(), variables) as edge, started(create_app("job-callback"), unreachable) as broken:
        wire = Wire(edge, web, owner, user)
        job_id = await wire.submit()
        token = await wire.queue_token(job_id)
        down = await Wire(broken, web, owner, user, wire.claim_id).ask(job_id, token)
        assert (down.status_code, down.json()["code"], down.json()["retryable"]) == (503, "storage_unavailable", True)

        answer = await wire.ask(job_id, token)
        assert (answer.status_code, answer.json()["attempt"]) == (200, 1)
        upload = answer.json()["uploads"][0]
        put = await web.put(upload["url"], content=PNG, headers={"content-type": upload["content_type"]})
        assert put.status_code == 200
