"""The demo's video model follows its words and its pictures, through the worker's own generator."""

from functools import cache
from io import BytesIO
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from gpu_handler.generators.references import NO_REFERENCES, References
from gpu_handler.generators.wan.generator import WanGenerator
from tests.fixtures.orders import job_order

COLOURS = {"red": (215, 30, 35), "blue": (40, 70, 215), "yellow": (245, 215, 40), "green": (35, 165, 60)}


@cache
def still(shape: str, background: str, left: int = 8) -> Image.Image:
    """A square whose left side is there: where a shape that moves right begins, unless told otherwise."""
    picture = Image.new("RGB", (64, 64), COLOURS[background])
    picture.paste(COLOURS[shape], (left, 20, left + 24, 44))
    return picture


ARRIVED = 32
"""Where a shape that moves right ends."""


def video(wan: WanGenerator, prompt: str, references: References = NO_REFERENCES) -> Any:
    """(9, 64, 64, 3), made as a fast job's is but for its length."""
    order = job_order(
        type="video_fast",
        prompt=prompt,
        config={"seed": 3, "frames": 9},
        metadata={"reference_strength": 1.0},
    )
    made = wan.generate(order, 0, references, lambda *_: None)
    with av.open(BytesIO(made.data), "r") as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]).astype(float)


def error(frame: Any, picture: Image.Image) -> float:
    """Mean difference in grey levels."""
    return float(np.abs(frame - np.asarray(picture)).mean())


def share(frames: Any, colour: str) -> float:
    """Of all pixels those that are of this colour more than of any other."""
    distances = np.stack([np.abs(frames - value).sum(-1) for value in COLOURS.values()])
    return float((distances.argmin(0) == list(COLOURS).index(colour)).mean())


@pytest.mark.parametrize(("shape", "background"), [("red", "blue"), ("yellow", "green")])
def test_the_colours_are_those_of_the_prompt(wan: WanGenerator, shape: str, background: str) -> None:
    frames = video(wan, f"a {shape} circle moving right on a {background} background")

    assert share(frames, background) > 0.6
    assert 0.04 < share(frames, shape) < 0.4


def test_a_start_frame_is_what_the_video_begins_with(wan: WanGenerator) -> None:
    """Whatever the prompt says of colours."""
    prompt = "a red circle moving right on a green background"
    picture, other = still("yellow", "blue"), still("green", "red")
    without = video(wan, prompt)
    started, otherwise = (video(wan, prompt, References({"start": given})) for given in (picture, other))

    assert error(started[0], picture) < error(without[0], picture) / 2
    assert error(otherwise[0], other) < error(started[0], other) / 2


def test_an_end_frame_is_what_the_video_ends_with(wan: WanGenerator) -> None:
    prompt = "a red circle moving right on a green background"
    picture = still("yellow", "blue", ARRIVED)
    ended, without = video(wan, prompt, References({"end": picture})), video(wan, prompt)

    assert error(ended[-1], picture) < error(without[-1], picture) / 2


def test_both_frames_hold_at_their_ends(wan: WanGenerator) -> None:
    start, end = still("yellow", "blue"), still("yellow", "blue", ARRIVED)
    frames = video(wan, "a circle moving right", References({"start": start, "end": end}))

    assert error(frames[0], start) < error(frames[-1], start)
    assert error(frames[-1], end) < error(frames[0], end)


def test_a_single_reference_lends_its_colours(wan: WanGenerator) -> None:
    prompt = "a red circle moving right on a green background"
    frames = video(wan, prompt, References({"reference": still("yellow", "blue")}))

    assert share(frames, "blue") > share(frames, "green")
