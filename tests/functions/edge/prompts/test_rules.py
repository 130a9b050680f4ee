"""Prompts bettered without a model."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.edge.prompts.lists import read_list
from functions.edge.prompts.rules import Enhanced, enhance
from shared import content_policy
from shared.bounds import PROMPT_CHARACTERS
from shared.enhancement.tokens import count_tokens, token_limit

PROMPTS = (
    "a red fox in the snow",
    "oil painting of a ship in a storm",
    "1girl, solo, anime, beach",
    "two men and a woman at a bar",
    "a perfume bottle",
    "logo of a fox",
    "a child with a dog",
    "a nebula",
    "a coral reef, underwater",
    "Standing at the window...",
    "一只狐狸在雪地里",
)
WAYS = [
    {"family": family, "format": output, "quality": quality, "style": style, "content_mode": mode}
    for family, output in (("sdxl", "image"), ("wan", "image"), ("wan", "video"))
    for quality, style, mode in itertools.product(("fast", "high"), ("manual", "cinematic", "custom"), ("sfw", "nsfw"))
]


def enhanced(prompt: str, **changes: Any) -> Enhanced:
    way: dict[str, Any] = {"family": "sdxl", "format": "image", "quality": "high", "content_mode": "sfw"}
    return enhance(prompt, **way | changes)


def added(prompt: str, **changes: Any) -> str:
    return " | ".join(enhanced(prompt, **changes).added)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_user_s_words_come_first_and_whole(prompt: str) -> None:
    for way in WAYS:
        result = enhance(prompt, **way)  # type: ignore[arg-type]
        assert result.text.startswith(prompt.rstrip(". "))
        assert not result.was_cut
        assert all(addition in result.text for addition in result.added)
        assert result.token_count == count_tokens(result.text, way["family"])  # type: ignore[arg-type]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_what_is_added_is_for_everybody_and_is_no_instruction(prompt: str) -> None:
    """F4: the original put a language model's system prompt in front of the user's words."""
    for way in WAYS:
        text = enhance(prompt, **way).text  # type: ignore[arg-type]
        assert content_policy.check([text], content_mode="sfw") is None
        assert "you are" not in text.lower()
        assert "prompt" not in text.lower()


def test_the_same_request_gives_the_same_text() -> None:
    assert enhanced(PROMPTS[0]) == enhanced(PROMPTS[0])


def test_phrases_follow_for_sdxl_and_sentences_for_wan() -> None:
    assert enhanced("a red fox in the snow", quality="fast").text == (
        "a red fox in the snow, photograph, soft natural light, sharp focus"
    )
    video = enhanced("a red fox in the snow", family="wan", format="video", quality="fast")
    assert video.text == (
        "a red fox in the snow. The animal moves with natural weight, and its breathing is visible."
        " The camera holds a steady frame."
    )


@pytest.mark.parametrize(
    "change",
    [{"quality": "fast"}, {"style": "cinematic"}, {"style": "custom"}, {"family": "wan"}],
    ids=str,
)
def test_each_choice_changes_the_text(change: dict[str, str]) -> None:
    assert enhanced("a red fox in the snow", **change).text != enhanced("a red fox in the snow").text


def test_a_video_is_told_what_moves_and_a_picture_is_not() -> None:
    video = added("a woman in a garden", family="wan", format="video")
    picture = added("a woman in a garden", family="wan", format="image")
    assert "camera" in video
    assert "camera" not in picture


@pytest.mark.parametrize(
    ("prompt", "never"),
    [
        ("oil painting of a ship", "photo"),
        ("oil painting of a ship", "lens"),
        ("1girl, anime", "photo"),
        ("1girl, anime", "skin"),
        ("a fox at sunset", "light"),
        ("a fox by candlelight", "light"),
        ("a fox, 35mm film, f/2.8", "lens"),
        ("a perfume bottle", "skin"),
        ("statue of a woman", "skin"),
        ("a child with a dog", "skin"),
        ("black and white photo of a fox", "color"),
        ("a blurry vhs photo of a fox", "sharp"),
        ("a fox, 8k, highly detailed", "highly detailed"),
        ("wide shot of a fox", "composition"),
        ("logo of a fox", "light"),
        ("a castle on a floating island, fantasy", "photo"),
    ],
)
def test_nothing_is_added_that_contradicts_or_was_said(prompt: str, never: str) -> None:
    for style in ("manual", "cinematic"):
        assert never not in added(prompt, style=style)


@pytest.mark.parametrize(
    ("prompt", "never"),
    [
        ("a fox runs through the snow", "moves"),
        ("a fox, the camera pans left", "camera"),
        ("a perfume bottle", "gesture"),
        ("a fox at night", "light"),
        ("logo of a fox", "breathing"),
    ],
)
def test_a_film_is_told_nothing_twice(prompt: str, never: str) -> None:
    for style in ("manual", "cinematic"):
        assert never not in added(prompt, family="wan", format="video", style=style)


def test_custom_adds_no_style() -> None:
    text = added("a red fox in the snow", style="custom")
    assert not [word for word in ("photo", "light", "lens", "color", "cinematic") if word in text]


def test_adult_prompts_are_helped_in_their_mode_only() -> None:
    prompt = "nude woman on a bed, photo"
    assert "anatomy" in added(prompt, content_mode="nsfw")
    assert "anatomy" not in added(prompt, content_mode="sfw")
    assert "anatomy" not in added("a woman on a bed, photo", content_mode="nsfw")


def test_chinese_sentences_for_wan() -> None:
    result = enhanced("一只狐狸在雪地里", family="wan", format="video", language="zh")
    assert result.text.startswith("一只狐狸在雪地里。动物的动作")
    assert not any(addition.isascii() for addition in result.added)
    mixed = enhanced("a fox in the snow", family="wan", format="video", language="zh")
    assert mixed.text.startswith("a fox in the snow. 动物的动作")


def test_weights_stay_as_they_are_written() -> None:
    prompt = "(red:1.4) fox, [blurred] trees, \\(fine\\)"
    assert enhanced(prompt).text.startswith(prompt)


def test_the_whole_limit_is_used_and_no_more() -> None:
    """F5: the original kept 13 tokens for a style that nobody added."""
    words = " ".join(["fox"] * 69)
    result = enhanced(words)
    assert 73 <= result.token_count <= 75
    assert not result.was_cut


def test_only_a_text_that_is_too_long_by_itself_is_cut() -> None:
    fits = " ".join(["fox"] * 75)
    assert enhanced(fits) == Enhanced(fits, (), 75, False)
    longer = enhanced(fits + " in the snow")
    assert longer.was_cut
    assert longer.added == ()
    assert longer.token_count <= 75


@given(
    st.text(max_size=PROMPT_CHARACTERS),
    st.sampled_from(WAYS),
    st.sampled_from(["en", "zh"]),
)
def test_every_prompt_stays_within_the_limits(prompt: str, way: dict[str, Any], language: Any) -> None:
    result = enhance(prompt, **way, language=language)
    assert result.token_count <= token_limit(way["family"])
    assert len(result.text) <= PROMPT_CHARACTERS


@pytest.mark.parametrize("family", ["sdxl", "wan"])
def test_every_part_has_rules_and_every_rule_names_what_is_read(family: str) -> None:
    document, aspects, subjects = read_list(family), read_list("aspects"), read_list("subjects")
    known = {
        "medium": {"", *aspects["media"]},
        "subject": {"", *subjects["things"], *subjects["places"]},
        "place": {"", *aspects["places"]},
        "style": {"manual", "cinematic", "custom"},
    }
    said = {*aspects["said"], "medium", "place", "several", "explicit"}
    parts = document["parts"]
    tables = [parts] if family == "sdxl" else [parts["image"], parts["video"]]
    used = {part for table in tables for style in table.values() for names in style.values() for part in names}
    assert used == set(document["rules"])
    assert {aspect for aspects in document["unless"].values() for aspect in aspects} <= said
    for rule in itertools.chain.from_iterable(document["rules"].values()):
        assert all(set(rule.get(name, ())) <= values for name, values in known.items())
        assert {*rule.get("with", ()), *rule.get("unless", ())} <= said
        assert rule.keys() <= {*known, "with", "unless", "add"}
