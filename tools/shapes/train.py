# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""The training of the demo model, from nothing to the folder the worker loads."""

from dataclasses import dataclass
from pathlib import Path

import torch

from tools.shapes.autoencoder import center_latents, train_autoencoder
from tools.shapes.denoiser import train_denoiser
from tools.shapes.parts import new_parts, pipeline
from tools.shapes.text import train_text_encoders
from tools.shapes.tokenizer import build_tokenizer


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps of each training. The default made the committed weights: one core, an hour and a half."""

    text_steps: int = 1200
    vae_steps: int = 4000
    unet_steps: int = 6500
    seed: int = 0


def train(folder: Path, plan: Plan) -> None:
    """Save the model into ``folder``: safetensors in float16, as ``from_pretrained(variant="fp16")`` reads them."""
    torch.manual_seed(plan.seed)
    # The whole process computes that way, and whoever trains in it goes on with something else.
    torch.set_flush_denormal(True)
    try:
        _train(folder, plan)
    finally:
        torch.set_flush_denormal(False)


def _train(folder: Path, plan: Plan) -> None:
    parts = new_parts(build_tokenizer(plan.seed))
    train_text_encoders(parts, plan.text_steps, plan.seed)
    train_autoencoder(parts, plan.vae_steps, plan.seed)
    center_latents(parts, plan.seed)
    train_denoiser(parts, plan.unet_steps, plan.seed)
    pipeline(parts).to(torch.float16).save_pretrained(folder, variant="fp16", safe_serialization=True)
