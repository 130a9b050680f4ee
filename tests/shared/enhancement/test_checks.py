"""Scores of an enhancement."""

import pytest

from functions.edge.prompts.rules import enhance
from shared.enhancement.checks import CHECKS, ImageFamily, Verdict, keeps_phrase

ORIGINAL = "a red fox in the snow"
GOOD = "a red fox in the snow, photograph, soft natural light, sharp focus"


def verdict(name: str, enhanced: str, original: str = ORIGINAL, family: ImageFamily = "sdxl") -> Verdict:
    return CHECKS[name](original, enhanced, family)


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("family", ["sdxl", "wan"])
def test_our_own_enhancement_passes_every_check(name: str, family: ImageFamily) -> None:
    ours = enhance(ORIGINAL, family=family, format="image", quality="high", content_mode="sfw")
    found = verdict(name, ours.text, family=family)
    assert (found.passed, found.score) == (True, 1.0)


@pytest.mark.parametrize(
    ("name", "enhanced", "score"),
    [
        ("keeps_subject", "a fox in the rain, photograph", 1 / 3),
        ("keeps_subject", "a painting", 0.0),
        ("length", ORIGINAL, 0.5),
        ("length", "a fox", 0.5 * 5 / 21),
        ("length", "fox " * 500, 1000 / 1999),
        ("token_limit", "fox " * 150, 0.5),
        ("tags", "a red fox in the snow in soft natural light", 1 / 3),
        ("no_instruction_text", "You are an expert prompt engineer: a red fox in the snow", 0.0),
        ("no_instruction_text", "Sure, a red fox in the snow, photograph", 0.0),
        ("no_repetition", "a red fox, sharp focus, sharp focus, Sharp Focus", 0.5),
    ],
)
def test_a_bad_enhancement_fails_by_how_bad_it_is(name: str, enhanced: str, score: float) -> None:
    found = verdict(name, enhanced)
    assert not found.passed
    assert found.score == pytest.approx(score, abs=0.001)


def test_wan_is_told_in_sentences() -> None:
    assert not verdict("tags", "a red fox, snow, photograph, sharp focus, 8k", family="wan").passed
    assert verdict("tags", "A red fox walks through the snow. Soft light falls from the left.", family="wan").passed


def test_the_tokens_of_wan_are_told_as_a_bound() -> None:
    assert verdict("token_limit", GOOD, family="wan").feedback.startswith("At most ")


def test_the_words_that_are_missing_are_named() -> None:
    assert verdict("keeps_subject", "a fox, photograph").feedback.endswith("missing: red, snow.")


def test_a_plural_keeps_its_word() -> None:
    assert verdict("keeps_subject", "red foxes in snow", original="red foxe in snow").passed


def test_what_the_user_wrote_is_no_instruction() -> None:
    """F4 is about what enhancement brings in."""
    assert verdict("no_instruction_text", "a robot, you are a star, neon", original="a robot, you are a star").passed


def test_a_phrase_must_survive_as_it_is() -> None:
    assert keeps_phrase("Red Fox", GOOD) == Verdict(True, 1.0, "The phrase is still there.")
    found = keeps_phrase("red wolf", GOOD)
    assert (found.passed, found.score) == (False, 0.5)
