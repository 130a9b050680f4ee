# mypy: allow-untyped-calls
# (transformers annotates little.)
"""A T5 tokenizer whose vocabulary is this world's: letters, and the words of the captions."""

import json
import random
import string
from typing import Final

import torch
from tokenizers import Tokenizer
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace, Sequence, WhitespaceSplit
from tokenizers.trainers import UnigramTrainer
from transformers import T5Tokenizer

from tools.moving_shapes.captions import draw_caption
from tools.moving_shapes.world import draw_scenes

_CAPTIONS: Final = 6_000
_PIECES: Final = 500
_RARE: Final = -20.0
"""Log probability of a letter no caption has."""


def build_tokenizer(seed: int) -> T5Tokenizer:
    """A unigram model learned from random captions; printable ASCII can be encoded, anything else is unknown."""
    rng = random.Random(seed)
    scenes = draw_scenes(_CAPTIONS, torch.Generator().manual_seed(seed)).tolist()
    learner = Tokenizer(Unigram())
    learner.pre_tokenizer = Sequence([WhitespaceSplit(), Metaspace()])
    learner.train_from_iterator(
        (draw_caption(scene, rng).text for scene in scenes), UnigramTrainer(vocab_size=_PIECES, show_progress=False)
    )
    learned = dict(json.loads(learner.to_str())["model"]["vocab"])
    letters = dict.fromkeys(string.digits + string.ascii_letters + string.punctuation, _RARE)
    special = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    return T5Tokenizer(vocab=[*special, *(letters | learned).items()], extra_ids=0, model_max_length=512)
