"""What is said about a moving scene: whole sentences, parts of them, and words that mean nothing here."""

import random
from collections.abc import Sequence
from typing import Final

from tools.moving_shapes.world import COLOR_NAMES, MOTIONS, SHAPES
from tools.shapes.captions import Caption, noise

_MOTIONS: Final = {
    "still": ("", "", " standing still", " that does not move"),
    "right": (" moving right", " moving from left to right", " moving to the right"),
    "left": (" moving left", " moving from right to left", " moving to the left"),
    "up": (" moving up", " moving upwards", " rising"),
    "down": (" moving down", " moving downwards", " falling"),
    "growing": (" growing", " getting bigger"),
    "shrinking": (" shrinking", " getting smaller"),
}
_SENTENCES: Final = (
    "a {color} {shape}{motion} on a {background} background",
    "a {color} {shape}{motion} on a {background} background",
    "a {color} {shape} on a {background} background{motion}",
    "{color} {shape}{motion}, {background} background",
    "a video of a {color} {shape}{motion} on {background}",
    "{background} background, a {color} {shape}{motion}",
)
# Each names some of the attributes: shape, color, background, motion.
_FRAGMENTS: Final = (
    ("a {color} {shape}", (True, True, False, False)),
    ("a {shape}{motion}", (True, False, False, True)),
    ("a {color} {shape}{motion}", (True, True, False, True)),
    ("{shape} on a {background} background", (True, False, True, False)),
    ("{background} background", (False, False, True, False)),
)


def sentence(scene: Sequence[int], rng: random.Random) -> str:
    """All four attributes in a plain sentence; standing still may stay unsaid."""
    return _fill(rng.choice(_SENTENCES), scene, rng)


def draw_caption(scene: Sequence[int], rng: random.Random) -> Caption:
    """Mostly a sentence; sometimes nothing at all, a fragment or noise alone; often with some noise around it."""
    lot = rng.random()
    if lot < 0.1:
        # What guidance compares with.
        return Caption("", (False,) * 4)
    if lot < 0.14:
        return Caption(noise(rng.randint(1, 14), rng), (False,) * 4)
    if lot < 0.2:
        template, names = rng.choice(_FRAGMENTS)
        caption = Caption(_fill(template, scene, rng), names)
    else:
        caption = Caption(sentence(scene, rng), (True,) * 4)
    text, lot = caption.text, rng.random()
    if lot < 0.06:
        text = f"{noise(rng.randint(1, 5), rng)}, {text}"
    elif lot < 0.2:
        text = f"{text}, {noise(rng.randint(1, 8), rng)}"
    return Caption(text[0].upper() + text[1:] if rng.random() < 0.3 else text, caption.names)


def _fill(template: str, scene: Sequence[int], rng: random.Random) -> str:
    shape, color, background, motion = scene
    text = template.format(
        shape=SHAPES[shape],
        color=COLOR_NAMES[color],
        background=COLOR_NAMES[background],
        motion=rng.choice(_MOTIONS[MOTIONS[motion]]),
    )
    return text.replace("a orange", "an orange")
