"""The committed model, and how it is measured."""

from pathlib import Path

import pytest

from gpu_handler.generators.chat.generator import ChatGenerator
from gpu_handler.models.catalog import CATALOG, Bundled
from shared.model_variants import MODEL_SETS
from tests.fixtures.chat import chat_request
from tools.shapes.world import held_out
from tools.small_chat.__main__ import CARD
from tools.small_chat.evaluate import COLUMNS, NAME, enhanced, kept, load_generator
from tools.small_chat.talks import READERS, Reader

PROMPTS = held_out()[:24]


@pytest.fixture(scope="module")
def generator() -> ChatGenerator:
    return load_generator()


def test_the_prompts_themselves_keep_all_and_others_do_not() -> None:
    own = [entry.prompt.replace(entry.prompt, _told(entry.prompt)) for entry in PROMPTS]
    assert kept("sdxl", PROMPTS, own)[0] == 1
    assert kept("sdxl", PROMPTS, own[::-1])[3] < 0.1


def _told(prompt: str) -> str:
    return f"{prompt}, flat"


@pytest.mark.parametrize("reader", READERS[:3])
def test_the_committed_model_keeps_what_was_asked_for(generator: ChatGenerator, reader: Reader) -> None:
    shares = dict(zip(COLUMNS, kept(reader, PROMPTS, enhanced(generator, reader, PROMPTS)), strict=True))
    assert shares["shape and its color"] >= 0.9
    assert shares["background"] >= 0.9
    assert shares["usable"] >= 0.9


def test_it_talks_in_words_and_comes_to_an_end(generator: ChatGenerator) -> None:
    request = chat_request("Hello", system="You are a helpful assistant.", max_tokens=100)
    said = generator.answer(request, lambda _: None, lambda: False)
    assert said.finish_reason == "stop"
    assert "shapes" in said.text


def test_it_is_the_demo_s_small_and_no_code() -> None:
    assert MODEL_SETS["demo"]["chat"].name == NAME
    assert CATALOG[NAME].source == Bundled(NAME)
    files = list(CARD.parent.iterdir())
    assert sum(file.stat().st_size for file in files) < 2_000_000
    assert {file.suffix for file in files} == {".json", ".safetensors", ".jinja", ".md"}


def test_the_card_has_a_line_for_each_reader() -> None:
    card = Path(CARD).read_text()
    assert all(f"| for {reader} |" in card for reader in READERS[:3])
