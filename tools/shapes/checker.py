"""What a picture shows, read from its pixels: the judge of the demo model.

Nearest palette colours split the picture into background and shape; the shape is the one whose mask, laid where the
pixels are, overlaps best. ``evaluate`` states how often the checker is right on true renders.
"""

import math
from functools import cache
from typing import Final

import torch
from torch import Tensor

from tools.shapes.render import RADIUS, coverage
from tools.shapes.world import COLORS, POSITION_NAMES, SHAPES

_PALETTE: Final = torch.tensor(list(COLORS.values())) / 127.5 - 1
_SIZES: Final = (0.88, 0.96, 1.04, 1.12)
_TILTS: Final = (-0.12, -0.04, 0.04, 0.12)
_NUDGES: Final = (-1.5, 0.0, 1.5)
_OFF_CENTER: Final = 0.085
"""Of the shorter side: a shape further from the middle than this is left, right, top or bottom."""


def read_scenes(pictures: Tensor) -> Tensor:
    """(n, 4) scenes of pictures (n, 3, height, width) in -1..1."""
    return torch.stack([_read(picture) for picture in pictures])


def _read(picture: Tensor) -> Tensor:
    _, height, width = picture.shape
    nearest = (picture.permute(1, 2, 0)[:, :, None] - _PALETTE).square().sum(-1).argmin(-1)
    edge = torch.cat([nearest[0], nearest[-1], nearest[:, 0], nearest[:, -1]])
    background = int(edge.bincount(minlength=len(_PALETTE)).argmax())
    counts = nearest.flatten().bincount(minlength=len(_PALETTE))
    counts[background] = -1
    color = int(counts.argmax())
    ends = _PALETTE[[color, background]]
    distances = (picture.permute(1, 2, 0)[:, :, None] - ends).square().sum(-1)
    mask = (distances[..., 0] < distances[..., 1]).float()
    down, across = (torch.arange(side) + 0.5 for side in (height, width))
    area = mask.sum().clamp(min=1)
    box_x, box_y = _middle(mask.amax(0), across), _middle(mask.amax(1), down)
    center = torch.stack([(mask.sum(0) * across).sum(), (mask.sum(1) * down).sum()]) / area
    shape = _best_shape(mask, torch.stack([box_x, box_y]), center)
    return torch.tensor([shape, color, background, _position(center - torch.tensor([width, height]) / 2, mask.shape)])


def _middle(occupied: Tensor, places: Tensor) -> Tensor:
    taken = places[occupied > 0]
    return (taken.min() + taken.max()) / 2 if len(taken) else places.mean()


def _position(offset: Tensor, shape: torch.Size) -> int:
    x, y = offset.tolist()
    if math.hypot(x, y) < _OFF_CENTER * min(shape):
        return POSITION_NAMES.index("center")
    if abs(x) > abs(y):
        return POSITION_NAMES.index("left" if x < 0 else "right")
    return POSITION_NAMES.index("top" if y < 0 else "bottom")


def _best_shape(mask: Tensor, box: Tensor, center: Tensor) -> int:
    height, width = mask.shape
    templates, labels = _templates(height, width)
    overlap = torch.zeros(len(labels))
    for anchor in (box, center):
        # Moved to the middle, where the templates are.
        shift = (torch.tensor([width, height]) / 2 - anchor).round().int().tolist()
        moved = torch.roll(mask, (shift[1], shift[0]), dims=(0, 1)).flatten()
        shared = templates @ moved
        overlap = torch.maximum(overlap, shared / (templates.sum(1) + moved.sum() - shared))
    return int(labels[overlap.argmax()])


@cache
def _templates(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Masks (k, height * width) of every shape around the picture's middle, and the shapes' indices (k,)."""
    labels, sizes, tilts, right, down = torch.cartesian_prod(
        torch.arange(len(SHAPES)).float(), *(torch.tensor(v) for v in (_SIZES, _TILTS, _NUDGES, _NUDGES))
    ).T
    side = min(height, width)
    centers = torch.stack([width / 2 + right, height / 2 + down], 1)
    masks = coverage(labels.long(), centers, RADIUS * side * sizes, tilts, height, width)
    return masks.flatten(1), labels.long()
