"""Videos as strips of frames on one picture, to be looked at."""

from collections.abc import Sequence
from typing import Final

from PIL import Image
from torch import Tensor

from tools.moving_shapes.evaluate import as_picture, frames_given, make, prompts, quiet
from tools.moving_shapes.parts import Parts, pipeline, vace_pipeline
from tools.shapes.sheet import contact_sheet

COLUMNS: Final = 9
_TOLD: Final = 7


def strips(videos: Sequence[Tensor]) -> Image.Image:
    """A row of nine frames for each video (3, frames, height, width)."""
    frames = [
        as_picture(video[:, round(column * (video.shape[1] - 1) / (COLUMNS - 1))])
        for video in videos
        for column in range(COLUMNS)
    ]
    return contact_sheet(frames, COLUMNS)


def sheet(parts: Parts) -> Image.Image:
    """Seven held-out prompts, one a motion; then the first one's start frame given to the second one's prompt."""
    told = prompts()
    plain, vace = quiet(pipeline(parts)), quiet(vace_pipeline(parts))
    videos = [make(plain, one) for one in told[:_TOLD]]
    videos.append(make(vace, told[_TOLD + 1], **frames_given(as_picture(videos[1][:, 0]), 0)))
    videos.append(make(vace, told[_TOLD + 1], reference_images=[as_picture(videos[0][:, 0])]))
    return strips(videos)
