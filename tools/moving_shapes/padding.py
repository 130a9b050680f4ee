# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""Cross-attention over texts padded to 512 tokens, as Wan's pipeline pads them, at the cost of the texts alone.

The pipeline pads with zeros, which are equal keys: attention over n of them is attention over one whose logit is
greater by log n.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import torch
from diffusers.models.transformers.transformer_wan import WanAttention, WanAttnProcessor
from torch import Tensor
from torch.nn.functional import pad

from tools.moving_shapes.parts import Parts
from tools.moving_shapes.text import embed

PADDED_LENGTH: Final = 512


class Padding(WanAttnProcessor):
    """Of all cross-attentions; ``weights`` (n, 1, 1, tokens) are added to the logits."""

    weights: Tensor

    def __call__(self, attn: Any, hidden_states: Tensor, encoder_hidden_states: Any = None, *rest: Any) -> Tensor:
        _, rotary = rest
        return super().__call__(attn, hidden_states, encoder_hidden_states, self.weights, rotary)

    @torch.no_grad()
    def embed(self, parts: Parts, texts: Sequence[str]) -> Tensor:
        """(n, tokens + 1, 64): the texts' embeddings and one zero for the rest; sets ``weights`` to go with them."""
        hidden, mask = embed(parts, texts)
        weights = torch.zeros(mask.shape).masked_fill(~mask, -math.inf)
        rest = (PADDED_LENGTH - mask.sum(1, keepdim=True)).log()
        self.weights = torch.cat([weights, rest], 1)[:, None, None]
        return pad(hidden, (0, 0, 0, 1))


@contextmanager
def padded(*models: Any) -> Iterator[Padding]:
    """Meanwhile the models' cross-attention expects texts from ``Padding.embed``."""
    padding = Padding()
    attentions: list[Any] = [
        module
        for model in models
        for name, module in model.named_modules()
        if isinstance(module, WanAttention) and name.endswith("attn2")
    ]
    for attention in attentions:
        attention.set_processor(padding)
    try:
        yield padding
    finally:
        for attention in attentions:
            attention.set_processor(WanAttnProcessor())
