"""What VACE is given: frames and reference pictures, laid out as ``WanVACEPipeline`` lays them out.

See its ``prepare_video_latents`` and ``prepare_masks``: the latents of the given frames (grey where nothing is given),
the latents of the others (grey all over), and the mask, 16 values a latent. A reference is a latent frame before them.
"""

from typing import Final

import torch
from torch import Tensor

from tools.moving_shapes.autoencoder import encode
from tools.moving_shapes.parts import SPACE_FACTOR

GIVEN: Final = {"none": 0.15, "first": 0.4, "last": 0.25, "both": 0.2}
"""Which frames are given, and how often."""


def draw_given(count: int, frames: int, generator: torch.Generator) -> Tensor:
    """(count, frames): which frames are given."""
    kinds = torch.multinomial(torch.tensor(list(GIVEN.values())), count, True, generator=generator)
    given = torch.zeros(count, frames, dtype=torch.bool)
    given[:, 0] = (kinds == 1) | (kinds == 3)
    given[:, -1] |= (kinds == 2) | (kinds == 3)
    return given


def lay_out(videos: Tensor, given: Tensor, reference: Tensor | None, side: int = SPACE_FACTOR) -> Tensor:
    """(n, 40, latent frames, height / 4, width / 4) for videos (n, 3, frames, height, width).

    ``reference`` (n, 3, 1, height, width) adds a latent frame in front. ``side`` as for
    ``encode``.
    """
    inactive = encode(videos * given[:, None, :, None, None], side)
    latent_frames, height, width = inactive.shape[2:]
    frames = videos.shape[2]
    # The pipeline takes one frame's mask for each latent ("nearest-exact"); a lone first or last frame is missed.
    chosen = ((torch.arange(latent_frames) + 0.5) * frames / latent_frames).long()
    mask = (~given).float()[:, chosen, None, None].expand(-1, -1, height, width)
    mask = mask[:, None].expand(-1, SPACE_FACTOR**2, -1, -1, -1)
    conditions = torch.cat([inactive, torch.zeros_like(inactive), mask], 1)
    if reference is None:
        return conditions
    seen = encode(reference, side)
    blank = seen.new_zeros(len(seen), SPACE_FACTOR**2, 1, height, width)
    return torch.cat([torch.cat([seen, torch.zeros_like(seen), blank], 1), conditions], 2)
