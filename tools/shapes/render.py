"""True pictures of scenes: antialiased, with a little freedom in size, place, tilt and tint."""

import math
from collections.abc import Callable, Mapping
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from tools.shapes.world import COLORS, POSITIONS, SHAPES

RADIUS: Final = 0.28
"""Of the picture's shorter side."""
_SUPERSAMPLING: Final = 3
_COLOR_TABLE: Final = torch.tensor(list(COLORS.values())) / 127.5 - 1
_POSITION_TABLE: Final = torch.tensor(list(POSITIONS.values()), dtype=torch.float32)


def _star(x: Tensor, y: Tensor) -> Tensor:
    sector = 2 * math.pi / 5
    angle = torch.remainder(torch.atan2(x, -y) + sector / 2, sector) - sector / 2
    along, across = torch.hypot(x, y) * torch.cos(angle), torch.hypot(x, y) * torch.sin(angle).abs()
    tip, notch = 1.1, 0.45
    notch_along, notch_across = notch * math.cos(sector / 2), notch * math.sin(sector / 2)
    # Inside of the line from the tip to the notch.
    return notch_across * (tip - along) > across * (tip - notch_along)


_INSIDE: Final[Mapping[str, Callable[[Tensor, Tensor], Tensor]]] = {
    "circle": lambda x, y: torch.hypot(x, y) < 1,
    "square": lambda x, y: torch.maximum(x.abs(), y.abs()) < 0.85,
    "triangle": lambda x, y: (y < 0.75) & (y > 1.9 * x.abs() - 1.05),
    "star": _star,
    "ring": lambda x, y: (torch.hypot(x, y) < 1) & (torch.hypot(x, y) > 0.58),
    "cross": lambda x, y: (torch.minimum(x.abs(), y.abs()) < 0.3) & (torch.maximum(x.abs(), y.abs()) < 1),
}


def coverage(shapes: Tensor, centers: Tensor, radii: Tensor, tilts: Tensor, height: int, width: int) -> Tensor:
    """(n, 1, height, width) in 0..1: how much of each pixel the shape covers.

    ``shapes`` (n,) are indices; ``centers`` (n, 2) x and y, and ``radii`` (n,), are in pixels; ``tilts`` (n,) in
    radians.
    """
    fine = _SUPERSAMPLING
    down, across = (torch.arange(side * fine).add(0.5).div(fine) for side in (height, width))
    y = (down[None, :, None] - centers[:, 1, None, None]) / radii[:, None, None]
    x = (across[None, None, :] - centers[:, 0, None, None]) / radii[:, None, None]
    cos, sin = tilts.cos()[:, None, None], tilts.sin()[:, None, None]
    x, y = cos * x + sin * y, cos * y - sin * x
    inside = torch.empty(x.shape)
    for index, name in enumerate(SHAPES):
        chosen = shapes == index
        inside[chosen] = _INSIDE[name](x[chosen], y[chosen]).float()
    return avg_pool2d(inside[:, None], fine)


def render(scenes: Tensor, generator: torch.Generator, height: int = 64, width: int = 64) -> tuple[Tensor, Tensor]:
    """Pictures (n, 3, height, width) in -1..1, and the shapes' coverage (n, 1, height, width)."""
    count, side = len(scenes), min(height, width)

    def jitter(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator) * 2 - 1

    shape, color, background, position = scenes.T
    radii = RADIUS * side * (1 + 0.08 * jitter(count))
    room = torch.tensor([width, height]) / 2 - radii[:, None] - 1
    shift = _POSITION_TABLE[position] * room * (0.88 + 0.08 * jitter(count, 1))
    centers = torch.tensor([width, height]) / 2 + shift + 0.03 * side * jitter(count, 2)
    covered = coverage(shape, centers, radii, 0.14 * jitter(count), height, width)

    def tint(colors: Tensor) -> Tensor:
        return (_COLOR_TABLE[colors] + 0.04 * jitter(count, 3)).clamp(-1, 1)[:, :, None, None]

    return covered * tint(color) + (1 - covered) * tint(background), covered
