"""Each choice changes what a model is told."""

from itertools import combinations
from typing import Any

import pytest

from functions.edge.enhancement import Wish
from functions.edge.enhancement.choices import choices
from functions.edge.enhancement.instructions import chat_request, instructions

TEMPLATE = {"template_name": "t", "system_prompt": "You write prompts.", "token_limit": 75}
WISH: dict[str, Any] = {
    "prompt": "a red cat",
    "family": "sdxl",
    "format": "image",
    "quality": "fast",
    "content_mode": "sfw",
}


def said(**changes: Any) -> str:
    return instructions(Wish(**WISH | changes), TEMPLATE)


def test_each_choice_says_something_else() -> None:
    asked: list[dict[str, Any]] = [
        {},
        {"style": "cinematic"},
        {"style": "custom"},
        {"quality": "high"},
        {"family": "wan", "language": "zh"},
        {"family": "chat", "format": "text", "use_case": "chat"},
        {"family": "chat", "format": "text", "use_case": "roleplay"},
        {"instructions": "Write a haiku."},
    ]
    texts = [said(**changes) for changes in asked]
    assert all(one != other for one, other in combinations(texts, 2))


def test_the_caller_s_own_instructions_take_the_template_s_place() -> None:
    text = said(instructions="Write a haiku.")
    assert "Write a haiku." in text
    assert "You write prompts." not in text


def test_the_instructions_are_a_system_turn_and_the_prompt_the_user_s() -> None:
    turns = chat_request(Wish(**WISH), "Be brief.", TEMPLATE).messages
    assert [(turn.role, turn.content) for turn in turns] == [("system", "Be brief."), ("user", "a red cat")]


def test_in_one_turn_the_user_says_both() -> None:
    (turn,) = chat_request(Wish(**WISH, one_turn=True), "Be brief.", TEMPLATE).messages
    assert (turn.role, "Be brief." in turn.content, turn.content.endswith("a red cat")) == ("user", True, True)


@pytest.mark.parametrize("content_mode", ["sfw", "nsfw"])
def test_the_worker_judges_by_the_rules_that_were_asked_for(content_mode: str) -> None:
    assert chat_request(Wish(**WISH | {"content_mode": content_mode}), "", TEMPLATE).content_mode == content_mode


@pytest.mark.parametrize(("limit", "expected"), [(10, 64), (75, 150), (2048, 512)])
def test_there_is_room_for_twice_what_the_reader_takes(limit: int, expected: int) -> None:
    assert chat_request(Wish(**WISH), "", TEMPLATE | {"token_limit": limit}).max_tokens == expected


@pytest.mark.parametrize(
    ("enhancement_type", "model", "expected"),
    [
        (None, None, ("qwen_instruct", "manual", False)),
        (None, "none", ("none", "manual", False)),
        ("manual", "qwen_base", ("qwen_base", "manual", False)),
        ("cinematic", None, ("qwen_instruct", "cinematic", False)),
        ("custom", "none", ("none", "custom", False)),
        ("base", None, ("qwen_base", "manual", False)),
        ("chat", None, ("qwen_instruct", "manual", True)),
        ("instruct_chat", "qwen_instruct", ("qwen_instruct", "manual", False)),
    ],
)
def test_the_documents_two_enumerations_are_read(enhancement_type: Any, model: Any, expected: Any) -> None:
    assert choices(enhancement_type, model) == expected


@pytest.mark.parametrize(("enhancement_type", "model"), [("base", "qwen_instruct"), ("chat", "none")])
def test_a_type_and_another_model_contradict_each_other(enhancement_type: Any, model: Any) -> None:
    with pytest.raises(ValueError, match=f"{enhancement_type} is qwen_.*, not {model}"):
        choices(enhancement_type, model)
