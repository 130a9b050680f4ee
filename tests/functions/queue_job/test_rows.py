"""A submission over the stack's database: the row that is there afterwards."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from devstack.project import Project
from functions.app import create_app
from shared.job_types import JOB_TYPES
from tests.fixtures.functions import Edge, project_environment, started
from tests.fixtures.users import User

JOB = {"job_type": "sdxl_image_fast", "prompt": "a red cat"}
PROJECT = "5f1f4c3e-8b1a-4f57-9d3c-2e6f7a8b9c0d"


async def submit(edge: Edge, user: User, key: str | None = None, **fields: Any) -> httpx.Response:
    headers = user.headers | ({"Idempotency-Key": key} if key else {})
    return await edge.http.post("queue-job", json={**JOB, **fields}, headers=headers)


async def accepted(edge: Edge, user: User, **fields: Any) -> dict[str, Any]:
    answer = await submit(edge, user, **fields)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def rows(owner: Any, user: User) -> list[dict[str, Any]]:
    found = await owner.fetch("select * from jobs where user_id = $1 order by created_at", UUID(user.id))
    return [dict(row) for row in found]


async def test_the_row_holds_the_effective_numbers(edge: Edge, user: User, owner: Any) -> None:
    answer = await accepted(
        edge,
        user,
        num_images=3,
        seed=41,
        steps=20,
        guidance_scale=5.5,
        scheduler="ddim",
        resolution="512x768",
        negative_prompt="blurry",
    )
    (row,) = await rows(owner, user)
    assert str(row["id"]) == answer["job_id"]
    assert row["config"] == {
        "num_images": 3,
        "seed": 41,
        "num_inference_steps": 20,
        "guidance_scale": 5.5,
        "scheduler": "ddim",
        "width": 512,
        "height": 768,
        "content_mode": "sfw",
    }
    assert (row["status"], row["queue"], row["model_type"], row["destination"]) == (
        *("queued", "sdxl_queue", "sdxl", "workspace"),
    )
    assert row["original_prompt"] == "a red cat"
    assert row["enhanced_prompt"] is None
    assert (row["output_type"], row["output_byte_limit"]) == ("image/png", JOB_TYPES["sdxl_image_fast"].byte_limit)


async def test_the_answer_s_job_is_the_row_without_the_lifecycle_s_bookkeeping(edge: Edge, user: User) -> None:
    job = (await accepted(edge, user, metadata={"camera_angle": "low"}))["job"]
    assert {"format", "quality", "model_type", "created_at", "user_id", "job_type", "status"} <= job.keys()
    assert not {"turn", "handout", "request_hash", "idempotency_key"} & job.keys()
    assert {
        *("model_variant", "queue", "negative_prompt", "num_images", "seed", "expected_generation_time"),
        *("content_type", "file_extension", "dual_worker_routing", "negative_prompt_supported"),
        *("edge_function_version", "destination", "camera_angle"),
    } <= job["metadata"].keys()


@pytest.mark.parametrize("seed", [0, 123456789])
async def test_the_seed_asked_for_is_the_seed_told_back(edge: Edge, user: User, seed: int) -> None:
    """Q15: a seed of 0 is a seed."""
    job = (await accepted(edge, user, seed=seed))["job"]
    assert job["config"]["seed"] == job["metadata"]["seed"] == seed


async def test_a_seed_that_is_left_out_is_drawn_and_told_back(edge: Edge, user: User) -> None:
    """K8: the seed is known before a worker is; none is invented afterwards."""
    seeds = {(await accepted(edge, user, num_images=6))["job"]["metadata"]["seed"] for _ in range(3)}
    assert len(seeds) == 3
    assert all(0 <= seed <= 2**31 - 6 for seed in seeds)


async def test_the_client_s_metadata_cannot_overwrite_the_server_s(edge: Edge, user: User) -> None:
    """K13: what the server answers for, it says last."""
    theirs = {"model_variant": "lustify_sdxl", "queue": "wan_queue", "seed": 5, "credits": 0, "job_type": "theirs"}
    metadata = (await accepted(edge, user, metadata=theirs, seed=7))["job"]["metadata"]
    assert metadata["model_variant"] == "sdxl_shapes"
    assert metadata["queue"] == "sdxl_queue"
    assert metadata["seed"] == 7
    assert metadata["credits"] == 1


async def test_the_ids_of_other_rows_are_stored_and_told_back(edge: Edge, user: User, owner: Any) -> None:
    job = (await accepted(edge, user, projectId=PROJECT, videoId=PROJECT, imageId=PROJECT))["job"]
    assert (job["project_id"], job["video_id"], job["image_id"]) == (PROJECT,) * 3
    (row,) = await rows(owner, user)
    assert row["project_id"] == UUID(PROJECT)


async def test_a_document_s_body_gives_the_same_row_as_ours(edge: Edge, user: User, owner: Any) -> None:
    await accepted(edge, user, seed=7, num_images=3, destination="library")
    body = {
        "jobType": "sdxl_image_fast",
        "metadata": {"prompt": "a red cat", "seed": 7, "destination": "library"},
        "config": {"num_images": 3},
    }
    answer = await edge.http.post("queue-job", json=body, headers=user.headers)
    assert answer.status_code == 200
    ours, theirs = await rows(owner, user)
    for name in ("job_type", "queue", "config", "destination", "original_prompt", "output_byte_limit"):
        assert ours[name] == theirs[name], name


@pytest.mark.parametrize("text", ["日本語 🎨 naïve", 'quotes " \\ \n and; drop table jobs; --', "a " * 500])
async def test_any_text_is_stored_as_it_is(edge: Edge, user: User, owner: Any, text: str) -> None:
    await accepted(edge, user, prompt=text, metadata={"note": text})
    (row,) = await rows(owner, user)
    assert row["original_prompt"] == row["metadata"]["note"] == text


async def test_the_same_key_and_body_again_is_the_same_job(edge: Edge, user: User, owner: Any) -> None:
    """Q10: a double click is one job."""
    answers = await asyncio.gather(*(submit(edge, user, key="click") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["job_id"] for answer in answers}) == 1
    assert len(await rows(owner, user)) == 1


async def test_the_same_key_with_another_body_is_refused(edge: Edge, user: User, owner: Any) -> None:
    await submit(edge, user, key="click")
    answer = await submit(edge, user, key="click", prompt="a blue cat")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert len(await rows(owner, user)) == 1


async def test_another_user_s_key_is_another(edge: Edge, user: User, other_user: User) -> None:
    first, second = await submit(edge, user, key="click"), await submit(edge, other_user, key="click")
    assert first.json()["job_id"] != second.json()["job_id"]


async def test_without_a_key_each_request_is_a_job(edge: Edge, user: User, owner: Any) -> None:
    for _ in range(2):
        await accepted(edge, user)
    assert len(await rows(owner, user)) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": "explicit hardcore porn"},
        {"content_mode": "nsfw"},
        {"num_images": 2},
    ],
)
async def test_what_is_refused_leaves_no_row(edge: Edge, user: User, owner: Any, fields: dict[str, Any]) -> None:
    assert (await submit(edge, user, **fields)).status_code in (400, 403, 422, 503)
    assert await rows(owner, user) == []


async def test_a_reference_is_no_warning_any_more(edge: Edge, user: User, owner: Any) -> None:
    """What becomes of it only the worker can say."""
    answer = await accepted(edge, user, reference_image_url=f"{user.id}/a.png")
    (row,) = await rows(owner, user)
    assert answer["warnings"] == answer["job"]["warnings"] == row["warnings"] == []
    assert answer["referenceImageSupported"] is True


@pytest.mark.parametrize("database", ["postgres", "postgrest"])
class TestAdultContent:
    async def test_it_needs_an_account_that_was_verified(
        self, project: Project, user: User, owner: Any, database: str
    ) -> None:
        """S14, S21: a client's word is no verification."""
        variables = project_environment(project, database) | {"ADULT_CONTENT": "verified"}
        async with started(create_app("queue-job"), variables) as edge:
            refused = await submit(edge, user, content_mode="nsfw")
            assert (refused.status_code, refused.json()["code"]) == (403, "adult_not_verified")
            assert await rows(owner, user) == []

            await owner.execute("update profiles set age_verified = true where id = $1", UUID(user.id))
            assert (await accepted(edge, user, content_mode="nsfw"))["job"]["config"]["content_mode"] == "nsfw"


async def test_while_redis_is_gone_the_job_is_queued_and_waits(project: Project, user: User, owner: Any) -> None:
    """Q3, Q4, Q5: the row is written or nothing is; a lost push is the next sweep's to repair."""
    variables = project_environment(project, "postgres") | {"UPSTASH_REDIS_REST_URL": "http://127.0.0.1:1"}
    async with started(create_app("queue-job"), variables) as edge:
        answer = await accepted(edge, user)
    (row,) = await rows(owner, user)
    assert (row["status"], row["error_message"]) == ("queued", None)
    assert answer["status"] == "queued"
