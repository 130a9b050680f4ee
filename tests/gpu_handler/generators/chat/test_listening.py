"""From tokens to text as it comes, and where it ends."""

from typing import Any

import pytest

from gpu_handler.generators.chat.generator import ChatGenerator
from gpu_handler.generators.chat.listening import Listener


@pytest.fixture
def tokenizer(chat_generator: ChatGenerator) -> Any:
    return chat_generator._tokenizer


def heard(tokenizer: Any, text: str, *, stops: tuple[str, ...] = (), leave_out: int = 0) -> tuple[Listener, list[str]]:
    """One that has heard the text's tokens, until it was over."""
    pieces: list[str] = []
    listener = Listener(tokenizer, frozenset(), 1000, stops, pieces.append, lambda: False)
    tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
    for token in tokens[: len(tokens) - leave_out]:
        if listener.hear(token):
            break
    return listener, pieces


def test_a_character_of_several_tokens_comes_whole(tokenizer: Any) -> None:
    assert len(tokenizer("a港🦊b", add_special_tokens=False)["input_ids"]) == 9
    listener, pieces = heard(tokenizer, "a港🦊b")
    assert pieces == ["a", "港", "🦊", "b"]
    assert listener.finish() == "a港🦊b"


def test_half_a_character_at_the_end_is_told_too(tokenizer: Any) -> None:
    listener, pieces = heard(tokenizer, "a🦊", leave_out=1)
    assert listener.finish() == "a\N{REPLACEMENT CHARACTER}" == "".join(pieces)


def test_it_never_says_a_nul(tokenizer: Any) -> None:
    """No database stores one."""
    assert heard(tokenizer, "a\0b")[0].finish() == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize("stop", ["|", "STOP NOW", "W🦊", "\n\n"])
def test_an_answer_ends_before_a_stop_text_of_which_nothing_is_ever_told(tokenizer: Any, stop: str) -> None:
    listener, pieces = heard(tokenizer, f"All of this is said.{stop} And none of this.", stops=("never there", stop))
    assert listener.finish_reason == "stop"
    assert listener.finish() == "All of this is said." == "".join(pieces)


def test_the_first_stop_text_counts_not_the_first_of_the_list(tokenizer: Any) -> None:
    assert heard(tokenizer, "one two three", stops=("three", "two"))[0].finish() == "one "


def test_what_only_began_like_a_stop_text_is_told(tokenizer: Any) -> None:
    listener, pieces = heard(tokenizer, "STOP? No. STO", stops=("STOP NOW",))
    assert "".join(pieces) == "STOP? No. "
    assert (listener.finish_reason, listener.finish(), "".join(pieces)) == (None, "STOP? No. STO", "STOP? No. STO")


def test_a_stop_text_that_overlaps_its_own_beginning_is_found(tokenizer: Any) -> None:
    listener, pieces = heard(tokenizer, "x aaab y", stops=("aab",))
    assert listener.finish() == "x a" == "".join(pieces)
