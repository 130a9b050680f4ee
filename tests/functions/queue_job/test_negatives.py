"""The automatic negative prompt of a submission."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from devstack.project import Project
from functions.app import create_app
from functions.edge.database import DatabaseError, DatabaseUnavailable
from functions.queue_job.negatives import MISSING_WARNING
from tests.fixtures.functions import Doubles, doubled, project_environment, started
from tests.fixtures.rows import submitted
from tests.fixtures.users import User

ROWS = {
    "outcome": "found",
    "version": "1",
    "rows": [
        {"priority_group": 1, "content_mode": "sfw", "negative_prompt": "bad anatomy, lowres"},
        {"priority_group": 3, "content_mode": "sfw", "negative_prompt": "text, logo"},
        {"priority_group": 4, "content_mode": "sfw", "negative_prompt": "anime, 3d"},
        {"priority_group": 5, "content_mode": "sfw", "negative_prompt": "cloned faces"},
    ],
}


@pytest.fixture
async def real(doubled_app: FastAPI) -> AsyncIterator[Doubles]:
    """A deployment of the real model."""
    async with doubled(doubled_app, MODELS="default") as doubles:
        yield doubles


async def metadata(doubles: Doubles, **fields: Any) -> dict[str, Any]:
    """Of the row that a submission inserts."""
    doubles.database.will_answer("submit_job", submitted())
    body = {"job_type": "sdxl_image_fast", "prompt": "a red cat", **fields}
    answer = await doubles.http.post("queue-job", json=body, headers=doubles.as_user)
    assert answer.status_code == 200, answer.text
    row = doubles.database.calls[-1][1]["p_job"]
    return {**row["metadata"], "warnings": row["warnings"]}


async def test_the_user_s_own_text_comes_first_and_is_kept_apart(real: Doubles) -> None:
    real.database.will_answer("negative_prompts", ROWS)
    found = await metadata(real, negative_prompt="dogs")
    assert found["negative_prompt"] == "dogs, bad anatomy, lowres, text, logo, anime, 3d"
    assert found["user_negative_prompt"] == "dogs"
    assert found["negative_prompt_groups"] == [1, 3, 4]


async def test_the_enhanced_prompt_is_what_is_read(real: Doubles) -> None:
    real.database.will_answer("negative_prompts", ROWS)
    found = await metadata(real, prompt="two women", enhanced_prompt="two women, logo, anime")
    assert found["negative_prompt"] == "bad anatomy, lowres, cloned faces"
    assert found["negative_prompt_groups"] == [1, 5]


@pytest.mark.parametrize("fields", [{"auto_negative": False}, {"metadata": {"auto_negative": False}}])
async def test_it_can_be_turned_off(real: Doubles, fields: dict[str, Any]) -> None:
    found = await metadata(real, negative_prompt="dogs", **fields)
    assert (found["negative_prompt"], found["negative_prompt_groups"]) == ("dogs", [])


async def test_the_demo_model_is_given_none(doubles: Doubles) -> None:
    found = await metadata(doubles)
    assert (found["negative_prompt"], found["negative_prompt_groups"]) == (None, [])


async def test_the_rows_are_read_once_for_many_submissions(real: Doubles) -> None:
    real.database.will_answer("negative_prompts", ROWS)
    for _ in range(3):
        await metadata(real)
    assert [function for function, _ in real.database.calls].count("negative_prompts") == 1


@pytest.mark.parametrize("error", [DatabaseUnavailable(), DatabaseError("negative_prompts", "42883", "no function")])
async def test_without_the_rows_the_job_is_accepted_all_the_same(real: Doubles, error: Exception) -> None:
    real.database.will_answer("negative_prompts", error)
    found = await metadata(real, negative_prompt="dogs")
    assert (found["negative_prompt"], found["negative_prompt_groups"]) == ("dogs", [])
    assert found["warnings"] == [MISSING_WARNING]


async def test_a_client_cannot_say_which_groups_were_used(real: Doubles) -> None:
    """K13"""
    real.database.will_answer("negative_prompts", ROWS)
    theirs = {"negative_prompt_groups": [7], "user_negative_prompt": "theirs"}
    found = await metadata(real, metadata=theirs)
    assert (found["negative_prompt_groups"], found["user_negative_prompt"]) == ([1, 3, 4], None)


@pytest.mark.parametrize("database", ["postgres", "postgrest"])
async def test_the_rows_of_the_database_go_into_the_job_and_to_its_worker(
    project: Project, user: User, owner: Any, database: str
) -> None:
    variables = project_environment(project, database) | {"MODELS": "default"}
    async with started(create_app("queue-job"), variables) as edge:
        body = {"job_type": "sdxl_image_fast", "prompt": "a man and a woman dancing", "negative_prompt": "hats"}
        answer = await edge.http.post("queue-job", json=body, headers=user.headers)
    assert answer.status_code == 200, answer.text
    row = await owner.fetchrow("select metadata from jobs where user_id = $1", UUID(user.id))
    found = row["metadata"]
    assert found["negative_prompt_groups"] == [1, 2, 3, 4, 5, 6]
    assert found["negative_prompt"].startswith("hats, bad anatomy, extra limbs")
    assert found["negative_prompt"].endswith("twisted limbs")
    assert "penis" not in found["negative_prompt"]
    assert answer.json()["job"]["metadata"]["user_negative_prompt"] == "hats"


async def test_our_own_terms_go_by_the_content_policy_unread(project: Project, user: User, owner: Any) -> None:
    """They name what is not wanted; in nsfw with words that a prompt for everybody may not have."""
    await owner.execute("update profiles set age_verified = true where id = $1", UUID(user.id))
    variables = project_environment(project, "postgres") | {"MODELS": "lustify", "ADULT_CONTENT": "verified"}
    async with started(create_app("queue-job"), variables) as edge:
        body = {"job_type": "sdxl_image_fast", "prompt": "a nude man and woman, photo", "content_mode": "nsfw"}
        answer = await edge.http.post("queue-job", json=body, headers=user.headers)
    assert answer.status_code == 200, answer.text
    found = answer.json()["job"]["metadata"]
    assert found["negative_prompt_groups"] == [1, 2, 3, 4, 5, 6, 7]
    assert "floating penis" in found["negative_prompt"]
