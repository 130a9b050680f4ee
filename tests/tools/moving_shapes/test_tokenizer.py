from pathlib import Path

from transformers import AutoTokenizer

from tools.moving_shapes.parts import Parts


def test_words_of_the_captions_are_few_tokens_and_other_words_can_be_written(parts: Parts) -> None:
    known = parts.tokenizer("a red circle moving right").input_ids
    odd = parts.tokenizer("Zyx-42!").input_ids

    assert len(known) <= 8
    assert known[-1] == parts.tokenizer.eos_token_id == 1
    assert parts.tokenizer.unk_token_id not in odd
    assert parts.tokenizer("日本").input_ids.count(parts.tokenizer.unk_token_id) == 1


def test_a_saved_tokenizer_is_what_the_pipeline_loads(parts: Parts, tmp_path: Path) -> None:
    parts.tokenizer.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path, local_files_only=True)

    text = "A blue star rising, Zyx"
    assert loaded(text).input_ids == parts.tokenizer(text).input_ids
    assert loaded(text, padding="max_length", max_length=512).input_ids.count(loaded.pad_token_id) > 480
