"""Scores of an enhancement, over HTTP."""

from typing import Any

import pytest

from shared.enhancement.checks import CHECKS
from tests.fixtures.functions import Doubles, Edge
from tests.fixtures.users import User

TEXTS = {
    "original_prompt": "a red fox in the snow",
    "enhanced_prompt": "a red fox in the snow, photograph, soft natural light",
}


async def ask(doubles: Doubles, **body: Any) -> Any:
    doubles.database.will_answer("check_admin", {"outcome": "admin"})
    return await doubles.http.post("validate-enhancement-fix", json=TEXTS | body, headers=doubles.as_user)


async def test_every_test_case_is_answered_in_its_order(doubles: Doubles) -> None:
    body = (await ask(doubles, test_cases=["no_repetition", "keeps: blue fox", "length"])).json()
    assert body == {
        "success": True,
        "validation_results": [
            {"test_case": "no_repetition", "passed": True, "score": 1.0, "feedback": "Nothing is said twice."},
            {
                "test_case": "keeps: blue fox",
                "passed": False,
                "score": 0.5,
                "feedback": "The phrase is gone; 1 of its 2 words remain.",
            },
            {"test_case": "length", "passed": True, "score": 1.0, "feedback": "It grew from 21 to 53 characters."},
        ],
        "overall_score": 0.833,
        "passed": False,
    }


@pytest.mark.parametrize("body", [{}, {"test_cases": []}])
async def test_without_test_cases_every_check_is_made(doubles: Doubles, body: dict[str, Any]) -> None:
    found = (await ask(doubles, **body)).json()
    assert [result["test_case"] for result in found["validation_results"]] == list(CHECKS)
    assert (found["passed"], found["overall_score"]) == (True, 1.0)


@pytest.mark.parametrize("case", ["keeps: red fox", '"red fox"', "'fox'", "red fox"])
async def test_a_phrase_must_survive(doubles: Doubles, case: str) -> None:
    assert (await ask(doubles, test_cases=[case])).json()["passed"]


async def test_an_unknown_check_is_refused_and_the_known_ones_are_named(doubles: Doubles) -> None:
    answer = await ask(doubles, test_cases=["length", "beauty"])
    assert answer.status_code == 400
    assert all(name in answer.json()["error"] for name in CHECKS)
    assert "beauty" not in answer.text


async def test_the_model_decides_what_fits(doubles: Doubles) -> None:
    long = {"enhanced_prompt": "a red fox in the snow, " * 12, "test_cases": ["token_limit"]}
    assert not (await ask(doubles, **long)).json()["passed"]
    assert (await ask(doubles, **long, model_type="wan")).json()["passed"]


async def test_the_client_s_spellings_are_read(doubles: Doubles) -> None:
    """F2"""
    doubles.database.will_answer("check_admin", {"outcome": "admin"})
    body = {"originalPrompt": "a fox", "enhancedPrompt": "a fox, photo", "testCases": ["length"], "modelType": "sdxl"}
    answer = await doubles.http.post("validate-enhancement-fix", json=body, headers=doubles.as_user)
    assert answer.json()["passed"]


@pytest.mark.parametrize("missing", TEXTS)
async def test_both_texts_are_needed(doubles: Doubles, missing: str) -> None:
    answer = await ask(doubles, **{missing: ""})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(f"The request is not valid. {missing}")


async def test_nobody_s_jobs_are_read(doubles: Doubles) -> None:
    """S18: the original answered with the ten newest jobs of all users."""
    await ask(doubles)
    assert [function for function, _ in doubles.database.calls] == ["check_admin"]


async def test_only_an_admin_may(edge: Edge, user: User, owner: Any) -> None:
    """S18: the original asked nobody who they were."""
    answer = await edge.http.post("validate-enhancement-fix", json=TEXTS, headers=user.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await edge.http.post("validate-enhancement-fix", json=TEXTS)).status_code == 401
    await owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", user.id)
    answer = await edge.http.post("validate-enhancement-fix", json=TEXTS, headers=user.headers)
    assert (answer.status_code, answer.json()["passed"]) == (200, True)
