"""Answers of the real path through transformers, on a model whose words are noise."""

import random
from pathlib import Path

import pytest
import torch

from gpu_handler.failures import BadInput, ModelUnavailable
from gpu_handler.generators.chat.answers import Said
from gpu_handler.generators.chat.generator import ChatGenerator
from gpu_handler.models.catalog import CATALOG
from shared.conversation import MAX_TOKENS, ChatRequest
from tests.fixtures.chat import chat_request

HELLO = "Hello, what do you see?"


def answer(generator: ChatGenerator, request: ChatRequest) -> Said:
    return generator.answer(request, lambda _: None, lambda: False)


def test_the_same_seed_says_the_same_and_another_something_else(chat_generator: ChatGenerator) -> None:
    """P10"""
    first, again, other = [answer(chat_generator, chat_request(HELLO, seed=seed)).text for seed in (1, 1, 2)]
    assert first == again != other


def test_without_a_seed_the_one_that_was_drawn_is_told(chat_generator: ChatGenerator) -> None:
    """P10"""
    drawn = answer(chat_generator, chat_request(HELLO, seed=None))
    assert answer(chat_generator, chat_request(HELLO, seed=drawn.seed)).text == drawn.text


def test_temperature_zero_is_greedy(chat_generator: ChatGenerator) -> None:
    """C11: it was an error. No seed changes what is most likely."""
    said = {answer(chat_generator, chat_request(HELLO, temperature=0, seed=seed)).text for seed in range(3)}
    assert len(said) == 1


def test_a_narrow_top_p_is_as_good_as_greedy(chat_generator: ChatGenerator) -> None:
    greedy = answer(chat_generator, chat_request(HELLO, temperature=0))
    assert answer(chat_generator, chat_request(HELLO, temperature=1.0, top_p=0.0001)).text == greedy.text


def test_what_was_said_before_changes_the_answer(chat_generator: ChatGenerator) -> None:
    alone = answer(chat_generator, chat_request(HELLO, temperature=0))
    after = answer(chat_generator, chat_request("I am a fox.", "Good.", HELLO, temperature=0))
    assert alone.text != after.text
    assert alone.prompt_tokens < after.prompt_tokens


def test_the_pieces_are_the_answer(chat_generator: ChatGenerator) -> None:
    pieces: list[str] = []
    said = chat_generator.answer(chat_request(HELLO, max_tokens=60), pieces.append, lambda: False)
    assert "".join(pieces) == said.text
    assert len(pieces) > 10
    assert all(pieces)


def test_it_ends_at_the_end_of_its_turn(chat_generator: ChatGenerator) -> None:
    """C6: nothing of what comes after a turn's end is said, and the end itself is not."""
    long = {"max_tokens": 2000, "temperature": 1.5, "top_p": 1}
    answers = (answer(chat_generator, chat_request(HELLO, seed=seed, **long)) for seed in range(2, 20))
    said = next(said for said in answers if said.finish_reason == "stop")
    assert said.answer_tokens < 2000
    assert "<|im" not in said.text


def test_it_ends_at_the_tokens_that_were_asked_for(chat_generator: ChatGenerator) -> None:
    """C9"""
    said = answer(chat_generator, chat_request(HELLO, max_tokens=7))
    assert (said.finish_reason, said.answer_tokens) == ("length", 7)


def test_a_long_answer_leaves_room_for_what_it_answers(chat_generator: ChatGenerator) -> None:
    """C5: of a small model's context an answer gets half, however much was asked for."""
    words = "a word and another " * 120
    said = answer(chat_generator, chat_request(*[words] * 7, max_tokens=MAX_TOKENS, temperature=0, seed=1))
    assert said.turns_left_out > 0
    assert said.prompt_tokens <= chat_generator.context_tokens - min(MAX_TOKENS, chat_generator.context_tokens // 2)
    assert said.prompt_tokens + said.answer_tokens <= chat_generator.context_tokens


def test_what_does_not_fit_is_refused(chat_generator: ChatGenerator) -> None:
    rng = random.Random(1)
    with pytest.raises(BadInput):
        answer(chat_generator, chat_request("".join(chr(rng.randint(0x4E00, 0x9000)) for _ in range(3000))))


def test_it_stops_within_a_token(chat_generator: ChatGenerator) -> None:
    pieces: list[str] = []
    request = chat_request(HELLO, max_tokens=1000, temperature=0)
    said = chat_generator.answer(request, pieces.append, lambda: len(pieces) >= 3)
    whole = answer(chat_generator, chat_request(HELLO, max_tokens=20, temperature=0))
    assert (said.finish_reason, len(pieces)) == ("stopped", 3)
    assert whole.text.startswith(said.text)


def test_the_callers_random_numbers_are_left_as_they_were(chat_generator: ChatGenerator) -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    answer(chat_generator, chat_request(HELLO, seed=9))
    assert torch.equal(torch.rand(1), expected)


def test_an_exception_of_whoever_listens_comes_out_and_the_model_goes_on(chat_generator: ChatGenerator) -> None:
    def gone(_: str) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        chat_generator.answer(chat_request(HELLO), gone, lambda: False)
    assert answer(chat_generator, chat_request(HELLO)).text


def test_without_its_folder_it_says_how_to_make_it(tmp_path: Path) -> None:
    generator = ChatGenerator(CATALOG["qwen2_random"], tmp_path)
    with pytest.raises(ModelUnavailable, match=r"build it with python -m tools\.random_chat MODELS_DIR\.$"):
        generator.load()
    assert not generator.is_loaded


def test_a_tokenizer_that_is_missing_is_told_and_not_made_up(chat_models: Path, tmp_path: Path) -> None:
    import shutil

    folder = shutil.copytree(chat_models / "qwen2_random", tmp_path / "qwen2_random")
    for name in ("tokenizer.json", "chat_template.jinja"):
        (folder / name).unlink()
    with pytest.raises((ModelUnavailable, OSError)):
        ChatGenerator(CATALOG["qwen2_random"], tmp_path).load()
