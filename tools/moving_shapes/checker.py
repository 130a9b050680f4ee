"""What a video shows, read from its pixels: the judge of the demo's video model.

Nearest palette colours split each frame into background and shape. How the mask's middle and area change is the
motion; the shape is the one whose mask, as large and laid where the pixels are, overlaps best.
"""

from typing import Final

import torch
from torch import Tensor

from tools.moving_shapes.world import COLOR_NAMES, MOTIONS, SHAPES
from tools.shapes.render import coverage
from tools.shapes.world import COLORS

_PALETTE: Final = torch.tensor([COLORS[name] for name in COLOR_NAMES]) / 127.5 - 1
_TILTS: Final = (-0.1, 0.0, 0.1)
_MOVED: Final = 0.15
"""Of the side moved along: less is still."""
_GROWN: Final = 1.8
"""Times the area at the other end: less is still."""


def read_scenes(videos: Tensor) -> Tensor:
    """(n, 4) scenes of videos (n, 3, frames, height, width) in -1..1."""
    return torch.stack([_read(video) for video in videos])


def _read(video: Tensor) -> Tensor:
    pixels = video.permute(1, 2, 3, 0)
    nearest = (pixels[..., None, :] - _PALETTE).square().sum(-1).argmin(-1)
    edge = torch.cat([nearest[:, 0], nearest[:, -1], nearest[:, :, 0], nearest[:, :, -1]], 1).flatten()
    background = int(edge.bincount(minlength=len(_PALETTE)).argmax())
    counts = nearest.flatten().bincount(minlength=len(_PALETTE))
    counts[background] = -1
    color = int(counts.argmax())
    distances = (pixels[..., None, :] - _PALETTE[[color, background]]).square().sum(-1)
    masks = (distances[..., 0] < distances[..., 1]).float()
    return torch.tensor([_shape(masks), color, background, _motion(masks)])


def _motion(masks: Tensor) -> int:
    _, height, width = masks.shape
    first, last = masks[0], masks[-1]
    grown = (last.sum() + 1) / (first.sum() + 1)
    if max(grown, 1 / grown) > _GROWN:
        return MOTIONS.index("growing" if grown > 1 else "shrinking")
    x, y = ((_middle(last) - _middle(first)) / torch.tensor([width, height])).tolist()
    if max(abs(x), abs(y)) < _MOVED:
        return MOTIONS.index("still")
    if abs(x) > abs(y):
        return MOTIONS.index("right" if x > 0 else "left")
    return MOTIONS.index("down" if y > 0 else "up")


def _middle(masks: Tensor) -> Tensor:
    """(..., 2): x and y of the middle of the mass of masks (..., height, width)."""
    down, across = (torch.arange(side) + 0.5 for side in masks.shape[-2:])
    mass = masks.sum((-2, -1)).clamp(min=1)
    return torch.stack([(masks.sum(-2) * across).sum(-1), (masks.sum(-1) * down).sum(-1)], -1) / mass[..., None]


def _shape(masks: Tensor) -> int:
    """By the overlap over the first, the middle and the last frame."""
    height, width = masks.shape[1:]
    labels, tilts = torch.cartesian_prod(torch.arange(len(SHAPES)).float(), torch.tensor(_TILTS)).T
    centre = torch.tensor([width, height]).expand(len(labels), 2) / 2
    unit = coverage(labels.long(), centre, torch.full(labels.shape, height / 4), tilts, height, width)
    areas = unit.sum((1, 2, 3)) / (height / 4) ** 2
    overlap = torch.zeros(len(labels))
    for mask in (masks[0], masks[len(masks) // 2], masks[-1]):
        radii = (mask.sum().clamp(min=1) / areas).sqrt()
        laid = coverage(labels.long(), centre, radii, tilts, height, width)[:, 0]
        places = centre + _middle(mask) - _middle(laid)
        laid = coverage(labels.long(), places, radii, tilts, height, width)[:, 0]
        shared = torch.minimum(laid, mask).sum((1, 2))
        overlap += shared / torch.maximum(laid, mask).sum((1, 2)).clamp(min=1)
    return int(labels[overlap.argmax()])
