# mypy: allow-untyped-calls
# (transformers annotates little.)
"""The text encoder's training: what a caption says must be readable from every one of its tokens."""

import random
from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from tools.moving_shapes.captions import draw_caption
from tools.moving_shapes.parts import TEXT_WIDTH, Parts
from tools.moving_shapes.world import VALUES, draw_scenes
from tools.shapes.pace import Pace

_BATCH: Final = 96


def train_text_encoder(parts: Parts, steps: int, seed: int) -> None:
    """Linear readers at each token tell each attribute's value, or that the caption does not name it.

    The readers are thrown away. Cross-attention then finds the whole scene wherever it looks.
    """
    torch.manual_seed(seed)
    nn.init.normal_(parts.text_encoder.shared.weight, std=0.5)
    readers = nn.ModuleList(nn.Linear(TEXT_WIDTH, len(values) + 1) for values in VALUES)
    pace = Pace("text", [*parts.text_encoder.train().parameters(), *readers.parameters()], steps, 2e-3)
    rng, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    for _ in pace.steps():
        scenes = draw_scenes(_BATCH, generator)
        captions = [draw_caption(scene, rng) for scene in scenes.tolist()]
        named = torch.tensor([caption.names for caption in captions])
        targets = torch.where(named, scenes, torch.tensor([len(values) for values in VALUES]))
        hidden, mask = embed(parts, [caption.text for caption in captions])
        losses = [
            cross_entropy(reader(hidden[mask]), targets[:, attribute, None].expand(mask.shape)[mask])
            for attribute, reader in enumerate(readers)
        ]
        pace.learn(torch.stack(losses).mean())
    parts.text_encoder.eval()


def embed(parts: Parts, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """What Wan's pipeline makes of texts before it pads them: (n, tokens, 64), and which tokens are there."""
    encoded = parts.tokenizer(list(texts), padding=True, truncation=True, max_length=512, return_tensors="pt")
    mask = encoded.attention_mask.bool()
    hidden = parts.text_encoder(encoded.input_ids, encoded.attention_mask).last_hidden_state
    return hidden * mask[..., None], mask
