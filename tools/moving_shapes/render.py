"""True videos of scenes: antialiased, with a little freedom in size, place, tilt and tint."""

from typing import Final

import torch
from torch import Tensor

from tools.moving_shapes.world import MOTIONS
from tools.shapes.render import coverage
from tools.shapes.world import COLORS

RADIUS: Final = 0.22
"""Of the picture's shorter side."""
_SMALL: Final = 0.12
_LARGE: Final = 0.36
"""Where growing starts and ends, and shrinking the other way round."""
_COLOR_TABLE: Final = torch.tensor(list(COLORS.values())) / 127.5 - 1
_DIRECTIONS: Final = {"right": (1, 0), "left": (-1, 0), "up": (0, -1), "down": (0, 1)}
_DIRECTION_TABLE: Final = torch.tensor([_DIRECTIONS.get(name, (0, 0)) for name in MOTIONS], dtype=torch.float32)
_GROWTH_TABLE: Final = torch.tensor([{"growing": 1.0, "shrinking": -1.0}.get(name, 0.0) for name in MOTIONS])


def render(scenes: Tensor, generator: torch.Generator, frames: int, height: int = 64, width: int = 64) -> Tensor:
    """Videos (n, 3, frames, height, width) in -1..1.

    A motion fills the whole video, however long: the shape goes from one side to the other at constant speed. One
    frame is the motion's beginning.
    """
    count, side = len(scenes), min(height, width)

    def jitter(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator) * 2 - 1

    shape, color, background, motion = scenes.T
    # (n, frames): -1 at the beginning, 1 at the end.
    course = torch.linspace(-1, 1, frames).expand(count, -1) if frames > 1 else -torch.ones(count, 1)
    growth = _GROWTH_TABLE[motion][:, None] * course
    middle = torch.where(growth == 0, RADIUS, (_SMALL + _LARGE) / 2)
    radii = side * (middle + growth * (_LARGE - _SMALL) / 2) * (1 + 0.06 * jitter(count, 1))
    half = torch.tensor([width, height]) / 2
    reach = (half - (RADIUS + 1 / 64) * side)[None, None] * _DIRECTION_TABLE[motion][:, None] * course[..., None]
    centers = half + reach * (0.96 + 0.04 * jitter(count, 1, 1)) + 0.03 * side * jitter(count, 1, 2)
    covered = coverage(
        shape.repeat_interleave(frames),
        centers.flatten(0, 1),
        radii.flatten(),
        (0.12 * jitter(count)).repeat_interleave(frames),
        height,
        width,
    ).view(count, 1, frames, height, width)

    def tint(colors: Tensor) -> Tensor:
        return (_COLOR_TABLE[colors] + 0.04 * jitter(count, 3)).clamp(-1, 1)[:, :, None, None, None]

    return covered * tint(color) + (1 - covered) * tint(background)
