"""Videos as strips of frames on one picture, to be looked at."""

from collections.abc import Sequence
from typing import Final

import torch
from PIL import Image
from torch import Tensor

from tools.moving_shapes.evaluate import as_picture, frames_given, make, prompts, quiet
from tools.moving_shapes.parts import Parts, pipeline, vace_pipeline
from tools.moving_shapes.render import render
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
    """Seven held-out prompts, one a motion; then true pictures shown with another one's prompt.

    The eighth video is given its start frame, the ninth its end frame, the tenth a reference.
    """
    told = prompts()
    plain, vace = quiet(pipeline(parts)), quiet(vace_pipeline(parts))
    videos = [make(plain, one) for one in told[:_TOLD]]
    scenes = torch.tensor([told[number].scene for number in (1, 1, 0)])
    true = render(scenes, torch.Generator().manual_seed(0), 2)
    shown = (
        frames_given(as_picture(true[0, :, 0]), 0),
        frames_given(as_picture(true[1, :, 1]), -1),
        {"reference_images": [as_picture(true[2, :, 0])]},
    )
    # Moving to the right as the first two do, in other colors.
    videos += [make(vace, told[_TOLD + 1], **given) for given in shown]
    return strips(videos)
