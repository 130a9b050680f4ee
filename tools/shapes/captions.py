"""What is said about a scene: whole sentences, parts of them, and words that mean nothing here."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tools.shapes.world import COLOR_NAMES, POSITION_NAMES, SHAPES

_PLACES: Final = {
    "center": ("", "", " in the center", " in the middle"),
    "left": (" on the left",),
    "right": (" on the right",),
    "top": (" at the top",),
    "bottom": (" at the bottom",),
}
_SENTENCES: Final = (
    "a {color} {shape}{place} on a {background} background",
    "a {color} {shape} on a {background} background{place}",
    "{color} {shape}{place}, {background} background",
    "a picture of a {color} {shape}{place} on {background}",
    "{background} background, a {color} {shape}{place}",
)
# Each names some of the attributes: shape, color, background, position.
_FRAGMENTS: Final = (
    ("a {color} {shape}", (True, True, False, False)),
    ("{color}", (False, True, False, False)),
    ("a {shape}", (True, False, False, False)),
    ("{shape} on a {background} background", (True, False, True, False)),
    ("{background} background", (False, False, True, False)),
    ("a {shape}{place}", (True, False, False, True)),
)
# Prompts are full of words this world has no pictures for; they must not disturb the rest.
NOISE: Final = (
    *("beautiful", "detailed", "sharp", "quality", "high", "best", "photo", "image", "professional", "masterpiece"),
    *("realistic", "soft", "light", "lighting", "bright", "dark", "vivid", "simple", "clean", "minimal", "flat"),
    *("art", "style", "illustration", "drawing", "painting", "poster", "logo", "icon", "design", "studio", "shot"),
    *("low", "worst", "bad", "blurry", "ugly", "deformed", "distorted", "noise", "text", "watermark", "signature"),
    *("anatomy", "hands", "face", "body", "extra", "missing", "jpeg", "artifacts", "cropped", "frame", "resolution"),
    *("very", "with", "and", "in", "by", "for", "one", "large", "small", "single", "big", "tiny", "is", "it"),
    *("cat", "dog", "house", "tree", "car", "woman", "man", "city", "night", "sky", "water", "mountain", "street"),
)


@dataclass(frozen=True, slots=True)
class Caption:
    text: str
    names: tuple[bool, ...]
    """Which attributes (``world.ATTRIBUTES``) the text tells."""


def sentence(scene: Sequence[int], rng: random.Random) -> str:
    """All four attributes in a plain sentence; the center may stay unsaid."""
    return _fill(rng.choice(_SENTENCES), scene, rng)


def draw_caption(scene: Sequence[int], rng: random.Random) -> Caption:
    """Mostly a sentence; sometimes a fragment of one, or noise alone; often with some noise around it."""
    lot = rng.random()
    if lot < 0.06:
        return Caption(noise(rng.randint(1, 14), rng), (False,) * 4)
    if lot < 0.18:
        template, names = rng.choice(_FRAGMENTS)
        caption = Caption(_fill(template, scene, rng), names)
    else:
        caption = Caption(sentence(scene, rng), (True,) * 4)
    lot = rng.random()
    if lot < 0.1:
        return Caption(f"{noise(rng.randint(1, 5), rng)}, {caption.text}", caption.names)
    if lot < 0.3:
        return Caption(f"{caption.text}, {noise(rng.randint(1, 8), rng)}", caption.names)
    return caption


def noise(count: int, rng: random.Random) -> str:
    words = rng.sample(NOISE, count)
    return "".join(word + rng.choice((" ", " ", ", ")) for word in words).rstrip(" ,")


def _fill(template: str, scene: Sequence[int], rng: random.Random) -> str:
    shape, color, background, position = scene
    text = template.format(
        shape=SHAPES[shape],
        color=COLOR_NAMES[color],
        background=COLOR_NAMES[background],
        place=rng.choice(_PLACES[POSITION_NAMES[position]]),
    )
    return text.replace("a orange", "an orange")
