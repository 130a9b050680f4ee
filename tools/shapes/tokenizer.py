# mypy: allow-untyped-calls
# (transformers annotates little.)
"""A CLIP tokenizer whose vocabulary is this world's: bytes, and the words of the captions."""

import json
import random
from typing import Any, Final

import torch
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.trainers import BpeTrainer
from transformers import CLIPTokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

from tools.shapes.captions import draw_caption
from tools.shapes.world import draw_scenes

_CAPTIONS: Final = 20_000
_MERGED_TOKENS: Final = 600
_END_OF_WORD: Final = "</w>"


def build_tokenizer(seed: int) -> CLIPTokenizer:
    """Byte-pair encoding learned from random captions. Any text can be encoded; unknown words cost more tokens."""
    rng = random.Random(seed)
    scenes = draw_scenes(_CAPTIONS, torch.Generator().manual_seed(seed)).tolist()
    words = [draw_caption(scene, rng).text.replace(",", " ") for scene in scenes]
    letters = sorted(bytes_to_unicode().values())
    learner = Tokenizer(BPE())
    learner.pre_tokenizer = WhitespaceSplit()
    learner.train_from_iterator(
        words, BpeTrainer(vocab_size=_MERGED_TOKENS, end_of_word_suffix=_END_OF_WORD, show_progress=False)
    )
    merges: Any = [tuple(pair) for pair in json.loads(learner.to_str())["model"]["merges"]]
    pieces = [*letters, *(letter + _END_OF_WORD for letter in letters), *("".join(pair) for pair in merges)]
    # CLIP pools at the end token, which must be the highest id.
    pieces = [*dict.fromkeys(pieces), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)}, merges=merges, model_max_length=77
    )
