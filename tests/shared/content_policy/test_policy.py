from collections.abc import Callable
from itertools import permutations
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.content_policy import ContentMode, Reason, Refusal, check

Judge = Callable[..., Reason | None]

MODES = get_args(ContentMode)

every_mode = pytest.mark.parametrize("mode", MODES)


@every_mode
def test_nothing_is_refused_of_nothing(judge: Judge, mode: str) -> None:
    assert judge(mode=mode) is None
    assert judge("", "   ", "\n", mode=mode) is None


@every_mode
def test_sexual_content_about_minors_is_refused_in_every_mode(judge: Judge, mode: str) -> None:
    assert judge("nude child", mode=mode) is Reason.SEXUAL_MINORS


@every_mode
def test_sexual_content_about_a_real_person_is_refused_in_every_mode(judge: Judge, mode: str) -> None:
    assert judge("nude obama", mode=mode) is Reason.SEXUAL_REAL_PERSON


def test_explicit_content_is_refused_in_sfw_alone(judge: Judge) -> None:
    assert judge("nude woman", mode="sfw") is Reason.EXPLICIT_IN_SFW
    assert judge("nude woman", mode="nsfw") is None


@every_mode
def test_a_suggestive_word_alone_is_no_explicit_content(judge: Judge, mode: str) -> None:
    assert judge("woman in lingerie", mode=mode) is None


@every_mode
@pytest.mark.parametrize(
    ("prompt", "reason"),
    [("child in lingerie", Reason.SEXUAL_MINORS), ("obama in lingerie", Reason.SEXUAL_REAL_PERSON)],
)
def test_a_suggestive_word_is_sexual_beside_a_minor_or_a_real_person(
    judge: Judge, prompt: str, reason: Reason, mode: str
) -> None:
    assert judge(prompt, mode=mode) is reason


def test_any_mode_but_nsfw_is_as_strict_as_sfw(judge: Judge) -> None:
    assert judge("nude woman", mode="NSFW") is Reason.EXPLICIT_IN_SFW


@every_mode
def test_minors_are_the_first_reason(judge: Judge, mode: str) -> None:
    assert judge("nude obama with a child", mode=mode) is Reason.SEXUAL_MINORS


def test_a_real_person_is_a_reason_before_the_mode(judge: Judge) -> None:
    assert judge("nude obama", mode="sfw") is Reason.SEXUAL_REAL_PERSON


@pytest.mark.parametrize(
    ("halves", "reason"),
    [
        (("nude", "child"), Reason.SEXUAL_MINORS),
        (("nude", "obama"), Reason.SEXUAL_REAL_PERSON),
        (("nude", "aged 15"), Reason.SEXUAL_MINORS),
        (("nude", "my teacher"), Reason.SEXUAL_REAL_PERSON),
    ],
)
def test_the_halves_of_a_rule_may_stand_in_two_texts_in_any_order(
    judge: Judge, halves: tuple[str, str], reason: Reason
) -> None:
    for texts in permutations((*halves, "a lighthouse")):
        assert judge(*texts) is reason


def test_each_half_alone_passes(judge: Judge) -> None:
    for half in ("nude", "child", "obama", "aged 15", "my teacher"):
        assert judge(half) is None


def test_a_phrase_may_run_over_from_one_text_into_the_next(judge: Judge) -> None:
    assert judge("nude, 12 year", "old") is Reason.SEXUAL_MINORS


def test_a_word_may_be_spelled_out_over_several_texts(judge: Judge) -> None:
    assert judge("l", "o", "l", "i") is Reason.SEXUAL_MINORS


def test_a_text_is_judged_singly_too(judge: Judge) -> None:
    assert judge("nude lipstick", mode="sfw") is None
    assert judge("nude", "lipstick", mode="sfw") is Reason.EXPLICIT_IN_SFW
    assert judge("nude thirty") is judge("nude thirty two year old") is None
    assert judge("nude thirty", "two year old") is Reason.SEXUAL_MINORS


def test_the_texts_may_be_any_iterable() -> None:
    assert check((text for text in ("nude", "child")), content_mode="nsfw") is not None


def test_one_string_is_no_list_of_texts() -> None:
    with pytest.raises(TypeError, match="list of texts"):
        check("nude child", content_mode="nsfw")


def test_a_text_that_lists_what_is_not_wanted_is_refused_if_it_is_passed(judge: Judge) -> None:
    """The reason negative prompts are not passed."""
    assert judge("a portrait", "nsfw, nude, child") is Reason.SEXUAL_MINORS


@pytest.mark.parametrize("reason", Reason)
def test_a_message_is_one_sentence_that_names_the_reason(reason: Reason) -> None:
    refusal = REFUSED[reason]

    assert refusal.message.endswith(".")
    assert refusal.message.count(".") == 1
    assert NAMED[reason] in refusal.message


NAMED = {
    Reason.SEXUAL_MINORS: "minors",
    Reason.SEXUAL_REAL_PERSON: "real people",
    Reason.EXPLICIT_IN_SFW: "content_mode is sfw",
}
REFUSED = {
    refusal.reason: refusal
    for prompt in ("nude child", "nude obama", "nude woman")
    if (refusal := check([prompt], content_mode="sfw"))
}


@given(st.lists(st.text(min_size=1) | st.sampled_from(["nude", "child", "obama"])), st.sampled_from(MODES))
def test_a_refusal_is_one_of_three_whatever_was_asked(texts: list[str], mode: ContentMode) -> None:
    refusal = check(texts, content_mode=mode)

    assert refusal is None or refusal in REFUSED.values()


@given(st.text(min_size=4), st.sampled_from(["nude child", "nude obama", "nude woman"]))
def test_a_message_never_holds_the_prompt(written: str, refused: str) -> None:
    refusal = check([f"{refused} {written}"], content_mode="sfw")

    assert refusal is not None
    assert refused not in refusal.message
    assert written not in refusal.message or written in "".join(each.message for each in REFUSED.values())


def test_a_refusal_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        REFUSED[Reason.SEXUAL_MINORS].reason = Reason.EXPLICIT_IN_SFW  # type: ignore[misc]
    assert isinstance(REFUSED[Reason.SEXUAL_MINORS], Refusal)


def test_reasons_are_plain_words_on_the_wire() -> None:
    assert [str(reason) for reason in Reason] == ["sexual_minors", "sexual_real_person", "explicit_in_sfw"]
