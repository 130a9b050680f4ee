# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""Where the transformers' training starts: a token knows whether it lies at an edge of the video.

Wan's attention knows how far tokens are from each other, not where they are, and at first all of them are noise. An
edge can only be noticed by what is missing beyond it: a head looks at the next token in one direction, finds the token
itself where there is none, and no difference is an edge. Learning that takes most of a short training; so four heads
of the first block look left, right, up and down, and two of the second at the frame before and after. Then a head
averages what all tokens noticed, near ones counting more: how near each edge is.

The channels of a token: 48 of its patch, 4 differences for each of six directions, what it noticed of each edge, how
near each edge is, and what is free.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import nn

from tools.moving_shapes.parts import Parts

_HEARD: Final = 48
"""Channels of a noisy patch at first."""
_SEEN: Final = 4
"""Channels compared."""
_LOGIT: Final = 9.0
_TIME, _DOWN, _ACROSS = 0, 6, 11
"""The first pair of a head's 16 that turns with the place in time, down and across."""
_NEXT: Final = 0.158
_NEXT_IN_TIME: Final = 0.215
"""Radians a token of the pair after the first, which turns by 1."""
_NEAR: Final = 5.0
_GATE: Final = 0.3
_LATENT: Final = 0.5
"""Noisy latents are to be heard, but not above all else."""
_OPEN: Final = 1.0
_LOOK_FACTORS: Final = (0.375, 0.62)
"""By block: what the normalization before it divides by."""


@dataclass(frozen=True, slots=True)
class _Look:
    """At the token so many steps away."""

    block: int
    head: int
    time: int = 0
    down: int = 0
    across: int = 0


_LOOKS: Final = (
    _Look(0, 0, across=-1),
    _Look(0, 1, across=1),
    _Look(0, 2, down=-1),
    _Look(0, 3, down=1),
    _Look(1, 0, time=-1),
    _Look(1, 1, time=1),
)


@torch.no_grad()
def start(parts: Parts) -> None:
    """The guess is grey, texts are heard in spite of their padding, and control changes nothing."""
    transformer = parts.transformer
    nn.init.zeros_(transformer.condition_embedder.time_proj.weight)
    nn.init.zeros_(transformer.condition_embedder.time_proj.bias)
    for block in transformer.blocks:
        block.scale_shift_table.zero_()
        block.scale_shift_table[:, [2, 5]] = _GATE
        for linear in (block.attn2.to_v, block.ffn.net[0].proj, block.ffn.net[2]):
            linear.weight *= math.sqrt(3)
        # Else the few tokens of a text are lost among 500 of padding.
        block.attn2.norm_q.weight.fill_(1.5)
        block.attn2.norm_k.weight.fill_(2.0)
    # torch's own start lets a signal fade to a third in each layer: texts would be drowned by the noise.
    words = transformer.condition_embedder.text_embedder
    for linear in (words.linear_1, words.linear_2):
        linear.weight *= 1.5
    embedding = transformer.patch_embedding
    embedding.weight.zero_()
    embedding.bias.zero_()
    flat = embedding.weight.flatten(1)
    # Orthogonal rows: of noise, so many independent channels.
    flat[:_HEARD] = _LATENT * nn.init.orthogonal_(torch.empty(_HEARD, flat.shape[1]))
    reserved = slice(_HEARD, _HEARD + len(_LOOKS) * (_SEEN + 2))
    for block in transformer.blocks[:3]:
        for linear in (block.attn1.to_out[0], block.attn2.to_out[0], block.ffn.net[2]):
            linear.weight[reserved] = 0
            linear.bias[reserved] = 0
    for number, look in enumerate(_LOOKS):
        place = _HEARD + number * _SEEN
        flat[place : place + _SEEN] = -flat[:_SEEN]
        _look(transformer.blocks[look.block], look, place)
        _notice(transformer.blocks[look.block], number, place, _HEARD + len(_LOOKS) * _SEEN + number)
    noticed = _HEARD + len(_LOOKS) * _SEEN
    _measure(transformer.blocks[1], 2, range(noticed, noticed + 4), 2.5)
    _measure(transformer.blocks[2], 0, range(noticed + 4, noticed + 6), 5.0)
    transformer.scale_shift_table.zero_()
    nn.init.zeros_(transformer.proj_out.weight)
    nn.init.zeros_(transformer.proj_out.bias)
    for block in parts.vace.vace_blocks:
        nn.init.zeros_(block.proj_out.weight)
        nn.init.zeros_(block.proj_out.bias)


def _look(block: Any, look: _Look, place: int) -> None:
    """Compare the first channels with those of the token in that direction."""
    pairs = []
    for first, step, slow in (
        (_TIME, look.time, _NEXT_IN_TIME),
        (_DOWN, look.down, _NEXT),
        (_ACROSS, look.across, _NEXT),
    ):
        pairs += [(first, 1.0, -float(step)), (first + 1, 2.0, -step * slow)]
    _attend(block.attn1, look.head, _LOGIT, pairs)
    _pass_on(block, look.head, range(_SEEN), range(place, place + _SEEN), _LOOK_FACTORS[look.block])


def _measure(block: Any, head: int, noticed: range, factor: float) -> None:
    """How near the edges are, six channels after what was noticed."""
    _attend(block.attn1, head, _NEAR, [(first + 1, 1.0, 0.0) for first in (_TIME, _DOWN, _ACROSS)])
    _pass_on(block, head, noticed, range(noticed.start + len(_LOOKS), noticed.stop + len(_LOOKS)), factor)


def _attend(attention: Any, head: int, logit: float, pairs: list[tuple[int, float, float]]) -> None:
    """A head's logits are the sum over pairs of ``logit`` * weight * cos(turn - angle), whatever the tokens hold."""
    width = attention.inner_dim // attention.heads
    own = slice(head * width, (head + 1) * width)
    query, key = torch.zeros(width // 2, 2), torch.zeros(width // 2, 2)
    for pair, weight, angle in pairs:
        amplitude = math.sqrt(weight)
        query[pair, 0] = amplitude
        key[pair, 0], key[pair, 1] = amplitude * math.cos(angle), amplitude * math.sin(angle)
    for linear, norm, pattern in ((attention.to_q, attention.norm_q, query), (attention.to_k, attention.norm_k, key)):
        linear.weight[own] *= 0.1
        linear.bias[own] = pattern.flatten()
        # All heads are normalized together: to an amplitude of about 2 if the others are alike.
        norm.weight[own] = math.sqrt(logit * math.sqrt(width)) / 2


def _pass_on(block: Any, head: int, sources: range, targets: range, factor: float) -> None:
    """What the head carries to a token, from some channels to others."""
    attention = block.attn1
    width = attention.inner_dim // attention.heads
    first, own = head * width, slice(head * width, (head + 1) * width)
    out = attention.to_out[0]
    attention.to_v.weight[own] = 0
    attention.to_v.bias[own] = 0
    out.weight[:, own] = 0
    out.weight[targets.start : targets.stop] = 0
    out.bias[targets.start : targets.stop] = 0
    for number, (source, target) in enumerate(zip(sources, targets, strict=True)):
        attention.to_v.weight[first + number, source] = 1
        out.weight[target, first + number] = factor
    block.scale_shift_table[:, 2, targets.start : targets.stop] = _OPEN


def _notice(block: Any, number: int, place: int, flag: int) -> None:
    """Eight units of the feed-forward add the differences' magnitudes up."""
    first, last = block.ffn.net[0].proj, block.ffn.net[2]
    units = slice(number * 2 * _SEEN, (number + 1) * 2 * _SEEN)
    first.weight[units], first.bias[units] = 0, 0
    first.weight[units, place : place + _SEEN] = torch.cat([torch.eye(_SEEN), -torch.eye(_SEEN)])
    last.weight[:, units] = 0
    last.weight[flag] = 0
    last.weight[flag, units] = -0.6
    last.bias[flag] = 2.25 if number < 4 else 1.7
    block.scale_shift_table[:, 5, flag] = _OPEN
