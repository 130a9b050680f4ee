from typing import Any

import pytest
from pydantic import ValidationError

from gpu_handler.generators.prompts import read_prompts, weights_warnings
from shared.bounds import PROMPT_CHARACTERS
from shared.prompt_weights import Fragment
from tests.fixtures.orders import PROMPT, job_order


def test_the_terms_follow_the_prompt() -> None:
    prompts = read_prompts(job_order(compel_enabled=True, compel_weights="(sea:1.3), (sky:0.8)"))

    assert prompts.final == f"{PROMPT}, (sea:1.3), (sky:0.8)"
    assert Fragment("sea", 1.3) in prompts.positive


def test_brackets_in_prompt_and_negative_prompt_are_weights_too() -> None:
    prompts = read_prompts(job_order(prompt="a (red:1.4) star", negative_prompt="[fog]", compel_enabled=True))

    assert Fragment("red", 1.4) in prompts.positive
    assert prompts.negative == [Fragment("fog", 0.9091)]


def test_without_compel_every_character_is_meant() -> None:
    prompts = read_prompts(job_order(prompt="a (red:1.4) star", compel_weights="(sea:1.3)"))

    assert prompts.positive == [Fragment("a (red:1.4) star", 1.0)]


def test_an_empty_negative_prompt_is_none() -> None:
    assert read_prompts(job_order(negative_prompt="")).negative_prompt is None


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": ""},
        {"prompt": "a" * 1001},
        {"negative_prompt": "a" * 1001},
        {"compel_enabled": True, "compel_weights": "a" * 1001},
    ],
)
def test_texts_nobody_may_send_are_refused(change: dict[str, Any]) -> None:
    assert PROMPT_CHARACTERS == 1000
    with pytest.raises(ValidationError):
        read_prompts(job_order(**change))


@pytest.mark.parametrize("prompt", ["()", "[]", "((((", "(:1.3)", " [ ] "])
def test_a_prompt_of_brackets_alone_is_refused(prompt: str) -> None:
    with pytest.raises(ValidationError, match="no words but brackets"):
        read_prompts(job_order(prompt=prompt, compel_enabled=True))


def test_without_compel_brackets_are_words_too() -> None:
    assert read_prompts(job_order(prompt="()")).positive == [Fragment("()", 1.0)]


def test_more_light_parts_than_can_be_encoded_in_time_are_refused() -> None:
    with pytest.raises(ValidationError, match="at most 20 parts"):
        read_prompts(job_order(prompt="[a]b" * 11, negative_prompt="[a]b" * 10, compel_enabled=True))


def test_an_unclosed_bracket_of_the_prompt_does_not_weigh_the_terms() -> None:
    prompts = read_prompts(job_order(prompt="a [cat", compel_enabled=True, compel_weights="(blue:1.4)"))

    assert Fragment("blue", 1.4) in prompts.positive


def test_weights_of_the_negative_prompt_alone_are_not_called_the_prompt_s() -> None:
    assert not read_prompts(job_order(negative_prompt="(fog:1.4)", compel_enabled=True)).metadata()["compel_success"]


def test_what_became_of_the_weights_is_told() -> None:
    order = job_order(prompt="a star", compel_enabled=True, compel_weights="(sea:1.3), (SEA:1.3)")

    assert read_prompts(order).metadata() == {
        "final_prompt": "a star, (sea:1.3)",
        "compel_enabled": True,
        "compel_weights": "(sea:1.3)",
        "compel_success": True,
        "enhancement_strategy": "compel",
    }


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"compel_weights": "(sea:1.3)"},
        {"compel_enabled": True},
        {"compel_enabled": True, "compel_weights": "sea"},
    ],
)
def test_nothing_is_called_weighted_where_all_weigh_one(change: dict[str, Any]) -> None:
    metadata = read_prompts(job_order(**change)).metadata()

    assert (metadata["compel_success"], metadata["enhancement_strategy"]) == (False, "none")


def test_weights_that_were_not_enabled_are_warned_of() -> None:
    assert weights_warnings(job_order(compel_weights="(sea:1.3)")) == [
        "The prompt weights had no effect: compel_enabled was not set."
    ]


def test_terms_past_the_sixth_are_warned_of() -> None:
    order = job_order(compel_enabled=True, compel_weights="a, b, c, d, e, f, g")

    assert weights_warnings(order) == ["Only the first 6 prompt weights were used."]


@pytest.mark.parametrize("change", [{}, {"compel_enabled": True, "compel_weights": "a, b, c, d, e, f, A"}])
def test_weights_that_are_all_used_are_not_warned_of(change: dict[str, Any]) -> None:
    assert weights_warnings(job_order(**change)) == []
