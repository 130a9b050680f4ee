"""Long and repeated input: the time grows with the length and nothing more, so each of these ends at once."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.content_policy import Reason, check

Judge = Callable[..., Reason | None]

PIECES = [
    "a ",
    "l-",
    "x!",
    "*a",
    "$",
    "nude ",
    "my ",
    "little ",
    "12 ",
    "year old ",
    "(",
    "sex",
    "\u0301",
    "裸",
    "aA1 ",
    "\n",
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_repeated_thousands_of_times_is_judged(judge: Judge, piece: str) -> None:
    assert judge(f"{piece * 1000} jailbait") is Reason.SEXUAL_MINORS


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), min_size=1, max_size=4), st.integers(1, 500))
def test_any_pieces_repeated_hide_nothing_behind_them(pieces: list[str], times: int) -> None:
    refusal = check(["".join(pieces) * times + "\njailbait"], content_mode="nsfw")

    assert refusal is not None
    assert refusal.reason is Reason.SEXUAL_MINORS


def test_a_word_of_100_000_letters_is_judged(judge: Judge) -> None:
    assert judge("a" * 100_000) is None


def test_a_refused_word_is_found_at_the_end_of_a_long_text(judge: Judge) -> None:
    assert judge("a quiet harbour at dawn, " * 2000 + "nude child") is Reason.SEXUAL_MINORS
