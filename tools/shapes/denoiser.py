# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""The UNet's training: v-prediction on latents, told by the finished text encoders what they show.

v-prediction: Salimans and Ho, "Progressive Distillation for Fast Sampling of Diffusion Models", 2022, appendix D.
"""

import random
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from tools.shapes.captions import draw_caption, noise
from tools.shapes.pace import Pace
from tools.shapes.parts import Parts, scheduler
from tools.shapes.render import render
from tools.shapes.text import embed, tokenize
from tools.shapes.world import draw_scenes

_BATCH: Final = 64
_PICTURES: Final = 40_960
_SIZES: Final = {(64, 64): 0.64, (48, 64): 0.11, (64, 48): 0.11, (32, 64): 0.07, (64, 32): 0.07}
"""Height and width in pixels, and their share: the model's own size cut to the aspect ratios users may ask for."""
_SCALES: Final = (1, 2, 4, 8, 16)
"""Of the size the model is told: other sizes than these are not to confuse it."""
_SILENT: Final = 0.1
"""Share of pictures without any text, which is what guidance compares with."""
_UNPOOLED: Final = 0.15
"""Share without the pooled embedding, so that the words themselves are read too."""
_LONG: Final = 0.06
"""Share of batches with two chunks of text, as prompts over 77 tokens have."""
_AVERAGED: Final = 0.999


@dataclass(frozen=True, slots=True)
class Pictures:
    """Of one size."""

    height: int
    width: int
    scenes: Tensor
    latents: Tensor


@torch.no_grad()
def draw_pictures(parts: Parts, generator: torch.Generator) -> list[Pictures]:
    """The training set: rendered, and encoded once."""
    drawn = []
    for (height, width), share in _SIZES.items():
        scenes = draw_scenes(int(_PICTURES * share), generator)
        latents = [
            parts.vae.encode(render(some, generator, height, width)[0]).latent_dist.mean for some in scenes.split(128)
        ]
        drawn.append(Pictures(height, width, scenes, torch.cat(latents) * parts.vae.config.scaling_factor))
    return drawn


def train_denoiser(parts: Parts, steps: int, seed: int) -> None:
    """Leaves an exponential average of the weights in the UNet."""
    rng, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    pictures = draw_pictures(parts, generator)
    unet = parts.unet.train().to(memory_format=torch.channels_last)
    pace = Pace("unet", unet.parameters(), steps, 1.2e-3)
    average = [parameter.detach().clone() for parameter in pace.parameters]
    signal = scheduler().alphas_cumprod
    for step in pace.steps():
        batch = rng.choices(pictures, list(_SIZES.values()))[0]
        chosen = torch.randint(len(batch.scenes), (_BATCH,), generator=generator)
        text, pooled = _read(parts, batch.scenes[chosen], rng, generator)
        sizes = rng.choice(_SCALES) * torch.tensor([batch.height, batch.width, 0, 0, batch.height, batch.width])
        clean = batch.latents[chosen]
        noise = torch.randn(clean.shape, generator=generator)
        timesteps = torch.randint(len(signal), (_BATCH,), generator=generator)
        kept, added = signal[timesteps].sqrt()[:, None, None, None], (1 - signal[timesteps]).sqrt()[:, None, None, None]
        predicted = unet(
            (kept * clean + added * noise).contiguous(memory_format=torch.channels_last),
            timesteps,
            text,
            added_cond_kwargs={"text_embeds": pooled, "time_ids": sizes.float().expand(_BATCH, -1)},
        ).sample
        pace.learn(mse_loss(predicted, kept * noise - added * clean))
        share = min(_AVERAGED, (step + 1) / (step + 10))
        torch._foreach_lerp_(average, [parameter.detach() for parameter in pace.parameters], 1 - share)
    with torch.no_grad():
        for parameter, mean in zip(pace.parameters, average, strict=True):
            parameter.copy_(mean)
    unet.eval()


@torch.no_grad()
def _read(parts: Parts, scenes: Tensor, rng: random.Random, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Embeddings of fresh captions: (n, tokens, 128) and (n, 64)."""
    captions = [draw_caption(scene, rng).text for scene in scenes.tolist()]
    text, pooled = embed(parts, tokenize(parts, captions))
    if rng.random() < _LONG:
        # Compel joins the chunks' hidden states and pools the first one.
        other, other_pooled = embed(parts, tokenize(parts, [noise(60, rng) for _ in captions]))
        if rng.random() < 0.5:
            text, pooled = torch.cat([text, other], 1), pooled
        else:
            text, pooled = torch.cat([other, text], 1), other_pooled
    spoken = torch.rand(len(scenes), generator=generator) >= _SILENT
    told = spoken & (torch.rand(len(scenes), generator=generator) >= _UNPOOLED)
    return text * spoken[:, None, None], pooled * told[:, None]
