# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""The VAE's training: its decoder learns to draw edges between the box averages that its encoder makes."""

from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import avg_pool3d, max_pool3d

from tools.moving_shapes.autoencoder_start import start_as_box_average
from tools.moving_shapes.parts import SPACE_FACTOR, TIME_FACTOR, Parts
from tools.moving_shapes.render import render
from tools.moving_shapes.world import draw_scenes
from tools.shapes.pace import Pace

_BATCH: Final = 4
_FRAMES: Final = 9
_SIDE: Final = 48
_NOISE: Final = 0.03
"""On the latents: the transformer's will not be exact."""
_EDGE_WEIGHT: Final = 4.0
_RATE: Final = 6e-4


def train_decoder(parts: Parts, steps: int, seed: int) -> None:
    """On 48 x 48 videos. Most pixels are flat colour, which is easy: the ones along an edge count five times."""
    vae, generator = parts.vae.train(), torch.Generator().manual_seed(seed)
    start_as_box_average(vae)
    pace = Pace("vae", [*vae.post_quant_conv.parameters(), *vae.decoder.parameters()], steps, _RATE)
    kernel, sides = (1, 3, 3), (0, 1, 1)
    for _ in pace.steps():
        videos = render(draw_scenes(_BATCH, generator), generator, _FRAMES, _SIDE, _SIDE)
        latents = encode(videos)
        decoded = vae.decode(latents + _NOISE * torch.randn(latents.shape, generator=generator)).sample
        spread = max_pool3d(videos, kernel, 1, sides) + max_pool3d(-videos, kernel, 1, sides)
        weight = 1 + _EDGE_WEIGHT * (spread.amax(1, keepdim=True) > 0.3)
        error = decoded - videos
        pace.learn((weight * (error.abs() + error.square())).mean())
    vae.eval()


def encode(videos: Tensor, side: int = SPACE_FACTOR) -> Tensor:
    """The mean of the VAE's encoder, (n, 12, latent frames, height / 4, width / 4), without its convolutions.

    ``side`` pixels make a latent: fewer for videos that were drawn smaller only to be encoded.
    """
    averages = avg_pool3d(videos, (1, side, side))
    first, rest = averages[:, :, :1], averages[:, :, 1:]
    # The latest of four frames first.
    apart = rest.unflatten(2, (-1, TIME_FACTOR)).flip(3).permute(0, 3, 1, 2, 4, 5).flatten(1, 2)
    return torch.cat([first.repeat(1, TIME_FACTOR, 1, 1, 1), apart], 2)


@torch.no_grad()
def signal_to_noise(parts: Parts, seed: int, frames: int = 17, count: int = 64) -> float:
    """Peak, in dB: true videos against what the VAE makes of them."""
    generator = torch.Generator().manual_seed(seed)
    videos = render(draw_scenes(count, generator), generator, frames)
    error = torch.cat([parts.vae.decode(parts.vae.encode(v).latent_dist.mean).sample - v for v in videos.split(8)])
    return float(10 * (4 / error.square().mean()).log10())
