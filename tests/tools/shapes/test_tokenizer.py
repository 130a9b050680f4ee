import pytest

from tools.shapes.parts import Parts
from tools.shapes.world import VALUES


@pytest.mark.parametrize("word", [value for values in VALUES for value in values] + ["background", "on", "middle"])
def test_every_word_of_the_world_is_one_token(parts: Parts, word: str) -> None:
    assert parts.tokenizer.tokenize(word) == [f"{word}</w>"]


def test_unknown_words_are_spelled_and_nothing_is_lost(parts: Parts) -> None:
    assert "".join(parts.tokenizer.tokenize("Elephants")).replace("</w>", "") == "elephants"


@pytest.mark.parametrize("text", ["é ü 月", "🎨", "\\(:)", "A\nB"])
def test_every_text_can_be_encoded(parts: Parts, text: str) -> None:
    ids = parts.tokenizer(text).input_ids

    assert len(ids) > 2
    assert max(ids) < len(parts.tokenizer)


def test_the_end_token_is_the_highest_id_as_clip_s_pooling_needs(parts: Parts) -> None:
    assert parts.tokenizer.eos_token_id == len(parts.tokenizer) - 1
