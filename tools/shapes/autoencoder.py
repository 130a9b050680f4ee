# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""The VAE's training: pictures to latents a sixteenth of their area, and back."""

from typing import Final

import torch
from torch.nn.functional import max_pool2d

from tools.shapes.autoencoder_start import start_as_box_average
from tools.shapes.pace import Pace
from tools.shapes.parts import Parts
from tools.shapes.render import render
from tools.shapes.world import draw_scenes

_BATCH: Final = 16
_KL_WEIGHT: Final = 1e-4
_EDGE_WEIGHT: Final = 4.0


def train_autoencoder(parts: Parts, steps: int, seed: int) -> None:
    """On 64 x 64 pictures. Most pixels are flat colour, which is easy: the ones along an edge count five times."""
    vae, generator = parts.vae.train().to(memory_format=torch.channels_last), torch.Generator().manual_seed(seed)
    start_as_box_average(vae)
    pace = Pace("vae", vae.parameters(), steps, 1e-3)
    for _ in pace.steps():
        pictures, covered = render(draw_scenes(_BATCH, generator), generator)
        edge = max_pool2d(covered, 3, 1, 1) + max_pool2d(-covered, 3, 1, 1)
        with torch.autocast("cpu", torch.bfloat16):
            posterior = vae.encode(pictures).latent_dist
            noise = torch.randn(posterior.mean.shape, generator=generator)
            decoded = vae.decode(posterior.mean + posterior.std * noise).sample
        error = decoded.float() - pictures
        weight = 1 + _EDGE_WEIGHT * edge
        divergence = posterior.kl().float().mean() / posterior.mean[0, 0].numel()
        pace.learn((weight * (error.abs() + error.square())).mean() + _KL_WEIGHT * divergence)
    vae.eval()


@torch.no_grad()
def center_latents(parts: Parts, seed: int) -> None:
    """Zero mean by the encoder's last bias and unit variance by ``scaling_factor``, as diffusion assumes."""
    generator = torch.Generator().manual_seed(seed)
    pictures, _ = render(draw_scenes(512, generator), generator)
    latents = parts.vae.encode(pictures).latent_dist.mean
    mean = latents.mean((0, 2, 3))
    parts.vae.quant_conv.bias[: len(mean)] -= mean
    # 1 x 1, so the decoder sees what it saw before.
    parts.vae.post_quant_conv.bias += parts.vae.post_quant_conv.weight[:, :, 0, 0] @ mean
    parts.vae.register_to_config(scaling_factor=1 / (latents - mean[:, None, None]).std().item())
