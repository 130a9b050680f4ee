# mypy: allow-untyped-calls
# (transformers annotates little.)
"""A folder as ``save_pretrained`` writes it: half a megabyte, the same bytes each time."""

from pathlib import Path
from typing import Any, Final

import torch
from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

from tools.random_chat.tokenizer import END_OF_TEXT, END_OF_TURN, build_tokenizer

NAME: Final = "qwen2_random"
"""Of the folder and of its entry in ``gpu_handler/models/catalog.py``."""
_SEED: Final = 7
_RARITY_OF_ENDS: Final = 0.6
"""The length of the end tokens' vectors: most answers are then longer than a thousand tokens."""
_SPREAD: Final = 0.4
"""Of the weights: twenty times the original's start, so that every word of the context changes what is said."""


def build(models_dir: Path) -> Path:
    """The folder of the model under ``models_dir``; built if it is not there."""
    folder = models_dir / NAME
    if (folder / "config.json").exists():
        return folder
    tokenizer = build_tokenizer()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        model = Qwen2ForCausalLM(_config(len(tokenizer)))
    ends = [tokenizer.convert_tokens_to_ids(token) for token in (END_OF_TURN, END_OF_TEXT)]
    vectors: Any = model.get_input_embeddings()
    with torch.no_grad():
        vectors.weight[ends] *= _RARITY_OF_ENDS
    # The original's generation_config.json has the same keys.
    model.generation_config = GenerationConfig(
        do_sample=True,
        temperature=0.7,
        top_p=0.8,
        top_k=20,
        repetition_penalty=1.05,
        eos_token_id=ends,
        pad_token_id=ends[1],
    )
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


def _config(vocabulary: int) -> Qwen2Config:
    return Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        initializer_range=_SPREAD,
        tie_word_embeddings=True,
    )
