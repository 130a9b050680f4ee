"""The world the demo's video model knows: one coloured shape that moves over a coloured background.

A scene is four indices, into ``SHAPES``, ``COLOR_NAMES`` (the shape's), ``COLOR_NAMES`` (the background's) and
``MOTIONS``. Shapes and colours are the first of ``tools.shapes``, so that indices mean the same there.
"""

import random
from functools import cache
from typing import Final

import torch
from torch import Tensor

from tools.shapes import world as still_world

SHAPES: Final = still_world.SHAPES[:4]
COLOR_NAMES: Final = still_world.COLOR_NAMES[:8]
MOTIONS: Final = ("still", "right", "left", "up", "down", "growing", "shrinking")
ATTRIBUTES: Final = ("shape", "color", "background", "motion")
VALUES: Final = (SHAPES, COLOR_NAMES, COLOR_NAMES, MOTIONS)
"""Of each attribute."""
HELD_OUT: Final = 112
_SEED: Final = 20261125


def every_scene() -> Tensor:
    """(1568, 4): all combinations in which the shape can be seen on its background."""
    grid = torch.cartesian_prod(*(torch.arange(len(values)) for values in VALUES))
    return grid[grid[:, 1] != grid[:, 2]]


@cache
def held_out_scenes() -> tuple[tuple[int, ...], ...]:
    """The 112 scenes of the card, in no training video; every motion equally often."""
    rng = random.Random(_SEED)
    scenes = every_scene()
    chosen = [rng.sample(scenes[scenes[:, 3] == motion].tolist(), HELD_OUT // len(MOTIONS)) for motion in range(7)]
    return tuple(tuple(scene) for some in zip(*chosen, strict=True) for scene in some)


@cache
def training_scenes() -> Tensor:
    """(1456, 4): every scene that is not held out."""
    forbidden = set(held_out_scenes())
    return torch.stack([scene for scene in every_scene() if tuple(scene.tolist()) not in forbidden])


def draw_scenes(count: int, generator: torch.Generator) -> Tensor:
    """(count, 4), for training."""
    scenes = training_scenes()
    return scenes[torch.randint(len(scenes), (count,), generator=generator)]
