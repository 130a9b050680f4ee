"""What SDXL is told not to draw, over HTTP."""

from typing import Any

import pytest
from fastapi import FastAPI

from tests.fixtures.functions import Doubles, Edge, doubled
from tests.fixtures.users import User

ROWS: dict[str, Any] = {
    "outcome": "found",
    "version": "1",
    "rows": [
        {"priority_group": 1, "content_mode": "sfw", "negative_prompt": "bad anatomy, lowres"},
        {"priority_group": 4, "content_mode": "sfw", "negative_prompt": "anime, 3d"},
        {"priority_group": 5, "content_mode": "sfw", "negative_prompt": "cloned faces"},
        {"priority_group": 5, "content_mode": "sfw", "negative_prompt": "extra person"},
    ],
}


async def ask(doubles: Doubles, **body: Any) -> Any:
    doubles.database.will_answer("negative_prompts", ROWS)
    answer = await doubles.http.post("get-negative-prompt", json=body, headers=doubles.as_user)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_without_anything_said_it_is_that_of_a_photograph_in_sfw(doubles: Doubles) -> None:
    assert await ask(doubles) == {
        "success": True,
        "baseNegativePrompt": "bad anatomy, lowres, anime, 3d",
        "modelType": "sdxl",
        "contentMode": "sfw",
        "groups": [
            {"group": 1, "name": "critical_quality", "negativePrompt": "bad anatomy, lowres", "applies": True},
            {"group": 4, "name": "style_prevention", "negativePrompt": "anime, 3d", "applies": True},
            {
                "group": 5,
                "name": "multi_party_scene",
                "negativePrompt": "cloned faces, extra person",
                "applies": False,
            },
        ],
    }


@pytest.mark.parametrize(
    "body",
    [
        {"modelType": "wan", "contentMode": "nsfw"},
        {"model_type": "wan", "content_mode": "nsfw"},
        {"model_type": "wan", "contentType": "nsfw"},
    ],
)
async def test_every_spelling_is_read(doubled_app: FastAPI, body: dict[str, str]) -> None:
    """F2: names that only one side knew."""
    async with doubled(doubled_app, ADULT_CONTENT="verified") as doubles:
        await ask(doubles, **body)
        assert doubles.database.calls == [("negative_prompts", {"p_model_type": "wan", "p_content_mode": "nsfw"})]


async def test_for_a_prompt_it_is_what_its_job_would_be_given(doubles: Doubles) -> None:
    body = await ask(doubles, prompt="identical twins, watercolor")
    assert body["baseNegativePrompt"] == "bad anatomy, lowres, extra person"
    assert [group["applies"] for group in body["groups"]] == [True, False, True]


async def test_the_rows_are_read_once_for_many_requests(doubles: Doubles) -> None:
    for _ in range(3):
        await ask(doubles)
    assert len(doubles.database.calls) == 1


@pytest.mark.parametrize(
    ("body", "named"),
    [({"modelType": "flux"}, "'sdxl' or 'wan'"), ({"contentMode": "all"}, "'sfw' or 'nsfw'")],
)
async def test_what_there_is_not_is_refused_with_what_there_is(
    doubles: Doubles, body: dict[str, str], named: str
) -> None:
    answer = await doubles.http.post("get-negative-prompt", json=body, headers=doubles.as_user)
    assert answer.status_code == 400
    assert named in answer.json()["error"]


async def test_where_adult_content_is_forbidden_its_words_are_not_told(doubles: Doubles) -> None:
    answer = await doubles.http.post("get-negative-prompt", json={"contentMode": "nsfw"}, headers=doubles.as_user)
    assert (answer.status_code, answer.json()["code"]) == (403, "adult_not_verified")


async def test_nobody_else_is_answered(doubles: Doubles) -> None:
    assert (await doubles.http.post("get-negative-prompt", json={})).status_code == 401
    assert (await doubles.http.post("get-negative-prompt", json={}, headers=doubles.as_service)).status_code == 401
    assert doubles.database.calls == []


async def test_the_database_s_own_rows_are_told(edge: Edge, user: User) -> None:
    answer = await edge.http.post("get-negative-prompt", json={}, headers=user.headers)
    body = answer.json()
    assert body["baseNegativePrompt"].startswith("bad anatomy, extra limbs")
    assert [group["group"] for group in body["groups"]] == [1, 2, 3, 4, 5, 6]
