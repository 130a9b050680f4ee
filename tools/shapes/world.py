"""The world the demo model knows: one coloured shape somewhere on a coloured background.

A scene is four indices, into ``SHAPES``, ``COLORS`` (the shape's), ``COLORS`` (the background's) and ``POSITIONS``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

SHAPES: Final = ("circle", "square", "triangle", "star", "ring", "cross")
COLORS: Final[Mapping[str, tuple[int, int, int]]] = {
    "red": (215, 30, 35),
    "green": (35, 165, 60),
    "blue": (40, 70, 215),
    "yellow": (245, 215, 40),
    "purple": (135, 45, 180),
    "orange": (245, 130, 25),
    "white": (245, 245, 245),
    "black": (20, 20, 20),
    "pink": (245, 145, 195),
    "cyan": (45, 205, 215),
}
"""sRGB."""
COLOR_NAMES: Final = tuple(COLORS)
POSITIONS: Final[Mapping[str, tuple[int, int]]] = {
    "center": (0, 0),
    "left": (-1, 0),
    "right": (1, 0),
    "top": (0, -1),
    "bottom": (0, 1),
}
"""Steps to the right and down."""
POSITION_NAMES: Final = tuple(POSITIONS)
ATTRIBUTES: Final = ("shape", "color", "background", "position")
VALUES: Final = (SHAPES, COLOR_NAMES, COLOR_NAMES, POSITION_NAMES)
"""Of each attribute."""

_HELD_OUT: Final = Path(__file__).parent / "held_out.json"


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A prompt whose combination of attributes is in no training picture, and the seed it is judged with."""

    prompt: str
    scene: tuple[int, ...]
    seed: int


@cache
def held_out() -> tuple[HeldOut, ...]:
    """The 200 prompts of the card, chosen before the training (``holding_out.py``)."""
    return tuple(
        HeldOut(
            entry["prompt"],
            tuple(values.index(entry[name]) for name, values in zip(ATTRIBUTES, VALUES, strict=True)),
            entry["seed"],
        )
        for entry in json.loads(_HELD_OUT.read_text())
    )


def every_scene() -> Tensor:
    """(2700, 4): all combinations in which the shape can be seen on its background."""
    grid = torch.cartesian_prod(*(torch.arange(len(values)) for values in VALUES))
    return grid[grid[:, 1] != grid[:, 2]]


@cache
def training_scenes() -> Tensor:
    """(2500, 4): every scene that is not held out."""
    forbidden = {entry.scene for entry in held_out()}
    return torch.stack([scene for scene in every_scene() if tuple(scene.tolist()) not in forbidden])


def draw_scenes(count: int, generator: torch.Generator) -> Tensor:
    """(count, 4), for training."""
    scenes = training_scenes()
    return scenes[torch.randint(len(scenes), (count,), generator=generator)]
