# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""The training of the demo's video model, from nothing to the folder the worker loads."""

from dataclasses import dataclass
from pathlib import Path

import torch

from tools.moving_shapes.autoencoder import train_decoder
from tools.moving_shapes.denoiser import train_transformers
from tools.moving_shapes.parts import new_parts, save
from tools.moving_shapes.text import train_text_encoder
from tools.moving_shapes.tokenizer import build_tokenizer


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps of each training. The default made the committed weights: one busy core, an hour; the transformers in two
    runs, as the card says."""

    text_steps: int = 900
    vae_steps: int = 1500
    transformer_steps: int = 4000
    seed: int = 0


def train(folder: Path, plan: Plan) -> None:
    """Save the model into ``folder`` as ``parts.save`` does."""
    torch.manual_seed(plan.seed)
    # The whole process computes that way, and whoever trains in it goes on with something else.
    torch.set_flush_denormal(True)
    try:
        parts = new_parts(build_tokenizer(plan.seed))
        train_text_encoder(parts, plan.text_steps, plan.seed)
        train_decoder(parts, plan.vae_steps, plan.seed)
        train_transformers(parts, plan.transformer_steps, plan.seed)
        save(parts, folder)
    finally:
        torch.set_flush_denormal(False)
