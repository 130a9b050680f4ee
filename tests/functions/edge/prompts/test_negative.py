"""Which groups a prompt wants, and the negative prompt that becomes of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.edge.prompts.lists import read_list
from functions.edge.prompts.negative import compose, groups_in, wanted_groups
from shared.bounds import PROMPT_CHARACTERS


def row(group: int, terms: str) -> dict[str, Any]:
    return {"priority_group": group, "content_mode": "sfw", "negative_prompt": terms}


@pytest.mark.parametrize(
    ("prompt", "mode", "groups"),
    [
        ("a red fox", "sfw", (1, 2, 3, 4)),
        ("photo of a red fox", "sfw", (1, 2, 3, 4)),
        ("anime fox", "sfw", (1, 2, 3)),
        ("3d render of a fox", "sfw", (1, 2, 3)),
        ("two men and a woman", "sfw", (1, 2, 3, 4, 5)),
        ("a woman sitting on a chair", "sfw", (1, 2, 3, 4, 6)),
        ("a couple dancing, watercolor", "sfw", (1, 2, 3, 5, 6)),
        ("a red fox", "nsfw", (1, 2, 3, 4, 7)),
        ("a nude woman", "nsfw", (1, 2, 3, 4, 6, 7)),
        ("a nude woman", "sfw", (1, 2, 3, 4)),
        ("", "sfw", (1, 2, 3, 4)),
    ],
)
def test_a_prompt_wants_the_groups_that_serve_it(prompt: str, mode: Any, groups: tuple[int, ...]) -> None:
    assert wanted_groups(prompt, mode) == groups


def test_the_user_s_own_text_comes_first_and_whole() -> None:
    own = "Red,  hats (ugly:1.3)"
    assert compose(own, [row(1, "lowres"), row(2, "bad hands, malformed")]) == f"{own}, lowres, bad hands, malformed"


def test_no_term_stands_twice() -> None:
    rows = [row(1, "lowres, Bad Hands"), row(2, "bad hands, malformed")]
    assert compose("LOWRES", rows) == "LOWRES, Bad Hands, malformed"


def test_without_rows_or_own_text_there_is_what_is_left() -> None:
    assert compose(None, []) == ""
    assert compose("ugly", []) == "ugly"
    assert compose("  ", [row(1, "lowres")]) == "lowres"


def test_terms_are_left_out_whole_where_the_text_would_grow_too_long() -> None:
    own = "x" * (PROMPT_CHARACTERS - 8)
    assert compose(own, [row(1, "malformed, lowres, text")]) == f"{own}, lowres"


@pytest.mark.parametrize(
    ("prompt", "left_out"),
    [
        ("a neon sign that says OPEN", "text"),
        ("logo of a fox", "logo"),
        ("pixel art of a fox", "lowres"),
        ("a zombie", "deformed"),
        ("the goddess Durga with many arms", "extra limbs"),
        ("an amputee running a race", "missing limbs"),
        ("vhs footage", "low quality"),
        ("identical twins", "cloned faces"),
        ("a crowd", "extra person"),
        ("a house with a watermark", "watermark"),
        ("a thing nobody listed, glowing orbs", "glowing orbs"),
    ],
)
def test_what_the_prompt_asks_for_is_never_in_it(prompt: str, left_out: str) -> None:
    rows = [row(1, f"bad hands, {left_out}")]
    assert compose(None, rows, prompt) == "bad hands"
    assert compose(None, rows, "a red fox") == f"bad hands, {left_out}"


def test_high_quality_asks_for_no_low_quality() -> None:
    assert compose(None, [row(1, "low quality")], "a high quality photo") == "low quality"


def test_terms_for_women_and_men_are_for_scenes_with_both() -> None:
    rows = [row(5, "no male, fused bodies")]
    assert compose(None, rows, "a man and a woman") == "no male, fused bodies"
    assert compose(None, rows, "two women") == "fused bodies"


def test_a_group_is_in_a_text_by_its_terms() -> None:
    rows = [row(1, "lowres"), row(3, "text, logo"), row(4, "anime")]
    assert groups_in("ugly, lowres, LOGO", rows) == (1, 3)


@given(st.text(max_size=PROMPT_CHARACTERS), st.text(max_size=100), st.sampled_from(["sfw", "nsfw"]))
def test_any_texts_give_a_negative_prompt_within_its_bounds(own: str, prompt: str, mode: Any) -> None:
    rows = [row(1, "lowres, bad hands"), row(5, "no male, extra person")]
    text = compose(own, rows, prompt)
    assert text.startswith(own.strip())
    assert len(text) <= PROMPT_CHARACTERS
    assert {1, 2, 3} <= set(wanted_groups(prompt, mode))


def test_every_term_that_can_be_asked_for_is_in_lower_case() -> None:
    words = read_list("negatives")
    assert all(name == name.lower() for name in (*words["asked_by"], *words["mixed_only"]))
