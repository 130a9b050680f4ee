"""What may be drawn of a model's answer, judged alike on both sides of the queue."""

from typing import Any

import pytest

from shared.enhancement.tokens import count_tokens
from shared.enhancement.usable import Asked, Unusable, usable

INSTRUCTIONS = "Rewrite what the user wants to see as one prompt in the form that SDXL reads best."


def asked(prompt: str = "a red cat", **changes: Any) -> Asked:
    values = {"prompt": prompt, "instructions": INSTRUCTIONS, "reader": "sdxl", "content_mode": "sfw"}
    return Asked(**{**values, **changes})


def test_headings_and_quotation_marks_are_taken_off() -> None:
    found = usable('Here is the prompt: "a red cat on a roof"', asked(), is_broken_off=False)
    assert (found.text, found.was_cut) == ("a red cat on a roof", False)


def test_what_its_reader_does_not_read_is_cut() -> None:
    long = "a red cat, " + ", ".join(f"a tall stone tower number {number}" for number in range(15))
    found = usable(long, asked(), is_broken_off=True)
    assert found.was_cut
    assert count_tokens(found.text, "sdxl") <= 75
    assert not usable(long, asked(reader="wan"), is_broken_off=False).was_cut


@pytest.mark.parametrize(
    ("answer", "changes", "why"),
    [
        ("...", {}, "it holds no prompt"),
        ("I'm sorry, I can't help with that.", {}, "it holds no prompt"),
        ("a red cat as one prompt in the form that SDXL reads best", {}, "it repeats its instructions"),
        ("As an AI language model I draw a red cat", {}, "it"),
        ("屋顶上的红猫", {}, "it is in another language"),
        ("a cat", {"prompt": "a red cat on the roof of an old house by the sea"}, "it leaves out half"),
        ("a red cat, explicit porn", {}, "it may not be drawn"),
    ],
)
def test_what_is_no_prompt_is_told_without_a_word_of_it(answer: str, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(Unusable, match=why) as told:
        usable(answer, asked(**changes), is_broken_off=False)
    assert "cat" not in str(told.value)


def test_what_breaks_off_is_not_used_unless_it_is_cut_anyway() -> None:
    with pytest.raises(Unusable, match="breaks off"):
        usable("a red cat on the", asked(), is_broken_off=True)


@pytest.mark.parametrize("changes", [{"prompt": "红猫"}, {"is_english": False}, {"reader": "chat"}])
def test_chinese_may_stand_where_it_was_wanted(changes: dict[str, Any]) -> None:
    text = "屋顶上的红猫在阳光下"
    assert usable(text, asked(**{"reader": "wan", **changes}), is_broken_off=False).text == text


def test_terms_that_are_drawn_with_it_are_judged_with_it() -> None:
    with pytest.raises(Unusable, match="may not be drawn"):
        usable("a red cat on a roof", asked(compel_weights="(porn:1.2)"), is_broken_off=False)
    assert usable("porn, a red cat", asked(content_mode="nsfw"), is_broken_off=False).text == "porn, a red cat"
