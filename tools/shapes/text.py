# mypy: allow-untyped-calls
# (transformers annotates little.)
"""The text encoders' training: what a caption says must be readable from its embeddings."""

import random
from collections.abc import Sequence
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from tools.shapes.captions import draw_caption
from tools.shapes.pace import Pace
from tools.shapes.parts import Parts
from tools.shapes.world import VALUES, draw_scenes

_BATCH: Final = 96
_TOKENS: Final = 77


def train_text_encoders(parts: Parts, steps: int, seed: int) -> None:
    """Linear readers at the end token tell each attribute's value, or that the caption does not name it.

    The readers are thrown away. CLIP's own training would need as many pictures again; here the attributes are known.
    """
    torch.manual_seed(seed)
    for encoder in (parts.text_encoder, parts.text_encoder_2):
        # CLIP's tiny initial embeddings would take most of the training to grow.
        embeddings: Any = encoder.get_input_embeddings()
        nn.init.normal_(embeddings.weight, std=0.5)
    width = parts.text_encoder.config.hidden_size
    readers = [[nn.Linear(width, len(values) + 1) for values in VALUES] for _ in range(3)]
    trained = [parts.text_encoder, parts.text_encoder_2, *(reader for heads in readers for reader in heads)]
    pace = Pace("text", (parameter for module in trained for parameter in module.parameters()), steps, 2e-3)
    rng, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    for _ in pace.steps():
        scenes = draw_scenes(_BATCH, generator)
        captions = [draw_caption(scene, rng) for scene in scenes.tolist()]
        named = torch.tensor([caption.names for caption in captions])
        absent = torch.tensor([len(values) for values in VALUES])
        targets = torch.where(named, scenes, absent)
        ids = tokenize(parts, [caption.text for caption in captions])
        ids = ids[:, : int((ids != parts.tokenizer.pad_token_id).sum(1).max()) + 1]
        hidden, pooled = embed(parts, ids)
        end = hidden[torch.arange(len(ids)), (ids == parts.tokenizer.eos_token_id).int().argmax(1)]
        readable = (end[:, :width], end[:, width:], pooled)
        losses = [
            cross_entropy(reader(text), targets[:, attribute])
            for text, heads in zip(readable, readers, strict=True)
            for attribute, reader in enumerate(heads)
        ]
        pace.learn(torch.stack(losses).mean())
    parts.text_encoder.eval()
    parts.text_encoder_2.eval()


def tokenize(parts: Parts, texts: Sequence[str]) -> Tensor:
    """(n, 77) token ids."""
    encoded = parts.tokenizer(
        list(texts), padding="max_length", max_length=_TOKENS, truncation=True, return_tensors="pt"
    )
    ids: Tensor = encoded.input_ids
    return ids


def embed(parts: Parts, ids: Tensor) -> tuple[Tensor, Tensor]:
    """What SDXL's pipeline makes of token ids: hidden states (n, tokens, 128) and the pooled embedding (n, 64)."""
    first = parts.text_encoder(ids, output_hidden_states=True)
    second = parts.text_encoder_2(ids, output_hidden_states=True)
    return torch.cat([first.hidden_states[-2], second.hidden_states[-2]], -1), second.text_embeds
