"""How well the demo model does what it is told: its card's figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gpu_handler.generators.references import NO_REFERENCES
from gpu_handler.generators.sdxl.generator import SdxlGenerator
from shared.messages import JobOrder
from shared.model_variants import MODEL_SETS
from tools.shapes.checker import read_scenes
from tools.shapes.render import render
from tools.shapes.world import ATTRIBUTES, HeldOut, held_out

_RENDER_SEED: Final = 1


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares of pictures, 0 to 1: with each attribute right, and with all four."""

    attributes: tuple[float, ...]
    all: float


def load_generator() -> SdxlGenerator:
    """What the worker runs under ``MODELS=demo``."""
    generator = SdxlGenerator(MODEL_SETS["demo"]["sdxl"], models_dir=None)
    generator.load()
    return generator


def draw(generator: SdxlGenerator, prompts: Sequence[HeldOut]) -> list[Image.Image]:
    """One picture a prompt, made as a job of type ``sdxl_image_fast`` is, with nothing asked for but the seed."""
    return [_draw(generator, prompt) for prompt in prompts]


def _draw(generator: SdxlGenerator, prompt: HeldOut) -> Image.Image:
    order = JobOrder(
        id="evaluation",
        type="sdxl_image_fast",
        user_id="evaluation",
        prompt=prompt.prompt,
        config={"seed": prompt.seed},
        model_variant=generator.variant,
    )
    return Image.open(BytesIO(generator.generate(order, 0, NO_REFERENCES, _unwatched).data))


def _unwatched(done: int, total: int) -> None:
    """No progress to tell."""


def as_tensor(picture: Image.Image) -> Tensor:
    """(3, height, width) in -1..1."""
    return torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1) / 127.5 - 1


def accuracy(pictures: Sequence[Image.Image], prompts: Sequence[HeldOut]) -> Accuracy:
    return _compare(torch.stack([as_tensor(picture) for picture in pictures]), prompts)


def checker_accuracy(prompts: Sequence[HeldOut]) -> Accuracy:
    """The pixel checker's own: on true renders of the same scenes."""
    pictures, _ = render(_scenes(prompts), torch.Generator().manual_seed(_RENDER_SEED))
    return _compare(pictures, prompts)


def table() -> str:
    """The card's table, in Markdown, over all held-out prompts."""
    prompts = held_out()
    drawn = accuracy(draw(load_generator(), prompts), prompts)
    rows = (("pictures drawn by the model", drawn), ("true renders (the checker's own)", checker_accuracy(prompts)))
    lines = [
        f"| {len(prompts)} held-out prompts | {' | '.join(ATTRIBUTES)} | all four |",
        f"|---|{'---|' * (len(ATTRIBUTES) + 1)}",
    ]
    for name, found in rows:
        lines.append(f"| {name} | {' | '.join(f'{share:.1%}' for share in (*found.attributes, found.all))} |")
    return "\n".join(lines)


def _compare(pictures: Tensor, prompts: Sequence[HeldOut]) -> Accuracy:
    right = read_scenes(pictures) == _scenes(prompts)
    return Accuracy(tuple(right.float().mean(0).tolist()), right.all(1).float().mean().item())


def _scenes(prompts: Sequence[HeldOut]) -> Tensor:
    return torch.tensor([prompt.scene for prompt in prompts])
