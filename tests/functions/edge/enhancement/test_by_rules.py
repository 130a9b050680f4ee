"""Prompts without a model: the same wish gives the same text, and nothing that may not be drawn comes out."""

from typing import Any

import pytest

from functions.edge.enhancement import Wish
from functions.edge.enhancement.by_rules import without_model
from shared.bounds import PROMPT_CHARACTERS


def wish(**changes: Any) -> Wish:
    return Wish(
        **{
            "prompt": "a red cat",
            "family": "sdxl",
            "format": "image",
            "quality": "high",
            "content_mode": "sfw",
            **changes,
        }
    )


def test_the_user_s_words_come_first_and_something_is_added() -> None:
    made = without_model(wish())
    assert made.text.startswith("a red cat, ")
    assert (made.source, made.strategy, made.model_used, made.level) == ("edge_function", "rules", "rules", 0)
    assert made == without_model(wish())


def test_a_film_is_told_in_another_way() -> None:
    assert without_model(wish()).text != without_model(wish(family="wan", format="video")).text


def test_where_a_model_was_asked_for_it_is_told_why_there_is_none() -> None:
    made = without_model(wish(), because="No chat worker is there")
    assert (made.level, made.warnings) == (2, ("No chat worker is there: the prompt was enhanced by rules.",))
    assert made.text == without_model(wish()).text


@pytest.mark.parametrize("prompt", ["", "a red cat"])
def test_an_exact_copy_is_left_as_it_is(prompt: str) -> None:
    """F5: there is nothing to enhance where nothing is drawn anew."""
    made = without_model(wish(prompt=prompt, is_exact_copy=True, base_prompt="a blue dog"))
    assert (made.text, made.strategy, made.level) == (prompt, "skip_for_exact_copy", 0)


class TestChanges:
    def test_the_picture_s_own_prompt_is_kept_and_the_change_follows(self) -> None:
        made = without_model(wish(prompt="with a green hat", base_prompt="a red cat, oil on canvas,"))
        assert made.text == "a red cat, oil on canvas, with a green hat"
        assert (made.strategy, made.template_name) == ("reference_modify_with_prompt", "modify_flow")
        assert not made.was_cut

    def test_without_a_change_it_stays(self) -> None:
        assert without_model(wish(prompt="", base_prompt="a red cat")).text == "a red cat"

    def test_the_change_is_never_cut(self) -> None:
        base = "a long story " * 76
        made = without_model(wish(prompt="with a green hat", base_prompt=base))
        assert made.text.endswith(", with a green hat")
        assert len(made.text) <= PROMPT_CHARACTERS
        assert made.was_cut

    def test_together_they_obey_the_policy(self) -> None:
        """Each may pass on its own."""
        made = without_model(wish(prompt="nude", base_prompt="a schoolgirl", content_mode="nsfw"))
        assert (made.text, made.source, made.level) == ("nude", "emergency_fallback", 3)
        assert made.warnings


def test_the_weights_that_follow_count_too() -> None:
    made = without_model(wish(prompt="a schoolgirl", compel_weights="(nude:1.2)", content_mode="nsfw"))
    assert (made.text, made.source) == ("a schoolgirl", "emergency_fallback")


def test_there_are_no_rules_for_a_chat_s_text() -> None:
    made = without_model(wish(family="chat", format="text"), because="No chat worker is there")
    assert (made.text, made.source, made.level) == ("a red cat", "emergency_fallback", 3)
