# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""The training of both transformers at once: flow matching on latents, told by the finished text encoder.

Flow matching: Lipman et al., "Flow Matching for Generative Modeling", 2023. A noisy latent is (1 - s) x + s noise, and
x is to be predicted. Wan's transformer is VACE's without its control blocks: some batches have them, some not.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from tools.moving_shapes.autoencoder import encode
from tools.moving_shapes.captions import draw_caption
from tools.moving_shapes.conditions import draw_given, lay_out
from tools.moving_shapes.denoiser_start import start
from tools.moving_shapes.optimizer import MuonPace
from tools.moving_shapes.padding import Padding, padded
from tools.moving_shapes.parts import PATCH, SPACE_FACTOR, Parts
from tools.moving_shapes.render import render
from tools.moving_shapes.world import draw_scenes

_TOKEN_SIDE: Final = PATCH * SPACE_FACTOR
_SIDE: Final = 2
"""Pixels drawn for a latent: their averages are those of four."""
_TOKENS: Final = 1536
"""Of a batch: fewer videos the longer they are."""
_SIZES: Final = {(64, 64): 0.8, (80, 48): 0.1, (48, 80): 0.1}
"""Height and width in pixels, and their share."""
_REFERENCE: Final = 0.35
"""Share of VACE's batches with a reference instead of frames."""
_CONTRADICTED: Final = 0.5
"""Share of VACE's captions that name another shape and other colours than the picture given: the picture decides."""
_SHAPE_WEIGHT: Final = 3.0
"""Where the shape is, which is little of the picture."""
_LEAST_NOISE: Final = 0.1
"""The error of a velocity would be the clean latent's over the noise's square: nothing but the last steps."""
_SHIFT: Final = 3.0
_AVERAGED: Final = 0.998


@dataclass(frozen=True, slots=True)
class Stage:
    """Part of the training: its share of the steps, frame counts with their shares, and the share of VACE's batches."""

    share: float
    frames: dict[int, float]
    vace: float


STAGES: Final = (
    Stage(0.15, {1: 1.0}, 0.0),
    Stage(0.30, {1: 0.15, 5: 0.25, 9: 0.6}, 0.2),
    Stage(0.3, {1: 0.05, 9: 0.25, 17: 0.6, 33: 0.1}, 0.4),
    Stage(0.25, {1: 0.05, 17: 0.45, 33: 0.4, 81: 0.1}, 0.4),
)


def train_transformers(parts: Parts, steps: int, seed: int, keep: Callable[[], None] | None = None) -> None:
    """Leaves an exponential average of the weights. ``keep`` is called with it in place at every tenth of the way."""
    torch.manual_seed(seed)
    rng, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    start(parts)
    pace = MuonPace("transformers", parts.vace.train(), steps, 2e-3)
    average = [parameter.detach().clone() for parameter in pace.parameters]
    controlled = False
    with padded(parts.vace) as padding:
        for step in pace.steps():
            stage = _stage(step / steps)
            if stage.vace and not controlled:
                controlled = True
                _start_control(parts)
                average = [parameter.detach().clone() for parameter in pace.parameters]
            pace.learn(_loss(parts, padding, stage, rng, generator))
            share = min(_AVERAGED, (step + 1) / (step + 10))
            torch._foreach_lerp_(average, [parameter.detach() for parameter in pace.parameters], 1 - share)
            if keep is not None and (step + 1) % max(1, steps // 10) == 0:
                _swap(pace.parameters, average)
                keep()
                _swap(pace.parameters, average)
    _swap(pace.parameters, average)
    parts.vace.eval()
    parts.transformer.eval()


def _stage(done: float) -> Stage:
    for stage in STAGES:
        done -= stage.share
        if done < 0:
            return stage
    return STAGES[-1]


def _start_control(parts: Parts) -> None:
    """VACE's blocks begin as copies of those they control."""
    for layer, block in zip(parts.vace.config.vace_layers, parts.vace.vace_blocks, strict=True):
        block.load_state_dict(parts.transformer.blocks[layer].state_dict(), strict=False)


def _loss(parts: Parts, padding: Padding, stage: Stage, rng: random.Random, generator: torch.Generator) -> Tensor:
    (height, width) = rng.choices(list(_SIZES), list(_SIZES.values()))[0]
    frames = rng.choices(list(stage.frames), list(stage.frames.values()))[0]
    tokens = (1 + (frames - 1) // 4) * (height // _TOKEN_SIDE) * (width // _TOKEN_SIDE)
    scenes = draw_scenes(max(1, _TOKENS // tokens), generator)
    shrink = SPACE_FACTOR // _SIDE
    videos = render(scenes, generator, frames, height // shrink, width // shrink)
    clean, conditions, told = encode(videos, _SIDE), None, scenes
    if rng.random() < stage.vace:
        clean, conditions, told = _control(scenes, videos, clean, rng, generator)
    text = padding.embed(parts, [draw_caption(scene, rng).text for scene in told.tolist()])
    uniform = torch.rand(len(scenes), generator=generator)
    sigma = _SHIFT * uniform / (1 + (_SHIFT - 1) * uniform)
    noise = torch.randn(clean.shape, generator=generator)
    added = sigma[:, None, None, None, None]
    noisy = (1 - added) * clean + added * noise
    if conditions is None:
        predicted = parts.transformer(noisy, sigma * 1000, text).sample
    else:
        predicted = parts.vace(noisy, sigma * 1000, text, control_hidden_states=conditions).sample
    # No shape reaches into a corner.
    shape = ((clean - clean[..., :1, :1]).abs() > 0.15).any(1, keepdim=True)
    weight = (1 + _SHAPE_WEIGHT * shape) / (added.square() + _LEAST_NOISE)
    loss: Tensor = (weight * (predicted - clean).square()).mean() / weight.mean()
    return loss


def _control(
    scenes: Tensor, videos: Tensor, clean: Tensor, rng: random.Random, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """The latents with those of a reference in front, what VACE is given, and the scenes the captions tell."""
    count, _, frames, height, width = videos.shape
    if rng.random() < _REFERENCE:
        still = scenes.clone()
        still[:, 3] = 0
        reference = render(still, generator, 1, height, width)
        given = torch.zeros(count, frames, dtype=torch.bool)
        clean, seen = torch.cat([encode(reference, _SIDE), clean], 2), torch.ones(count, dtype=torch.bool)
    else:
        reference, given = None, draw_given(count, frames, generator)
        seen = given.any(1)
    others = draw_scenes(count, generator)
    others[:, 3] = scenes[:, 3]
    contradicted = seen & (torch.rand(count, generator=generator) < _CONTRADICTED)
    return clean, lay_out(videos, given, reference, _SIDE), torch.where(contradicted[:, None], others, scenes)


@torch.no_grad()
def _swap(parameters: Sequence[Tensor], others: Sequence[Tensor]) -> None:
    for parameter, other in zip(parameters, others, strict=True):
        kept = parameter.clone()
        parameter.copy_(other)
        other.copy_(kept)
