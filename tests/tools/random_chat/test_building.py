"""The model that says noise: small, the same each time, and of Qwen's kind."""

from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from gpu_handler.models.catalog import CATALOG, Built
from tools.random_chat import building
from tools.random_chat.tokenizer import build_tokenizer


@pytest.fixture(scope="module")
def tokenizer(chat_models: Path) -> Any:
    return AutoTokenizer.from_pretrained(chat_models / building.NAME, local_files_only=True)


def test_it_is_built_twice_the_same(chat_models: Path, tmp_path: Path) -> None:
    first, second = chat_models / building.NAME, building.build(tmp_path)
    assert {file.name: file.read_bytes() for file in first.iterdir()} == {
        file.name: file.read_bytes() for file in second.iterdir()
    }


def test_one_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / building.NAME).mkdir()
    (tmp_path / building.NAME / "config.json").write_text("mine")
    building.build(tmp_path)
    assert [file.name for file in (tmp_path / building.NAME).iterdir()] == ["config.json"]


def test_it_is_a_few_hundred_kilobytes_of_safetensors_and_no_code(chat_models: Path) -> None:
    files = list((chat_models / building.NAME).iterdir())
    assert sum(file.stat().st_size for file in files) < 600_000
    assert {file.suffix for file in files} == {".json", ".safetensors", ".jinja"}


def test_the_catalog_names_it_and_what_builds_it() -> None:
    assert CATALOG[building.NAME].source == Built(f"python -m {building.__package__}")


def test_its_tokenizer_reads_any_text_and_gives_it_back(tokenizer: Any) -> None:
    text = "港 🦊\n\tx\x01"
    assert tokenizer.decode(tokenizer(text, add_special_tokens=False)["input_ids"]) == text


def test_its_control_tokens_are_single_ones_as_qwen_s_are(tokenizer: Any) -> None:
    control = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<tool_call>"]
    assert [len(tokenizer(token, add_special_tokens=False)["input_ids"]) for token in control] == [1, 1, 1, 1]
    assert tokenizer.eos_token == "<|im_end|>"
    # Special ones are left out of what is said, this one is not.
    assert tokenizer.decode(tokenizer("".join(control))["input_ids"], skip_special_tokens=True) == "<tool_call>"


def test_its_template_has_the_form_of_qwen_s() -> None:
    turns = [{"role": "user", "content": "Hello"}]
    text = build_tokenizer().apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    assert text == (
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
        "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
    )
