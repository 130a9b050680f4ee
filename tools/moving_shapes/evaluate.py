# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""How well the demo's video model does what it is told and shown: its card's figures."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from tools.moving_shapes.captions import sentence
from tools.moving_shapes.checker import read_scenes
from tools.moving_shapes.parts import Parts, load, pipeline, vace_pipeline
from tools.moving_shapes.render import render
from tools.moving_shapes.world import ATTRIBUTES, held_out_scenes

FOLDER: Final = Path(__file__).parents[2] / "gpu_handler" / "models" / "wan_shapes"
SIDE: Final = 64
FRAMES: Final = 17
_STEPS: Final = 25
_GUIDANCE: Final = 6.5
"""A job's of type ``video_fast``."""
_SHOWN: Final = 28
"""Of the held-out scenes are shown to VACE."""
_RENDER_SEED: Final = 1
_GREY: Final = (128, 128, 128)


@dataclass(frozen=True, slots=True)
class Told:
    """A prompt, what it tells, and the seed it is judged with."""

    prompt: str
    scene: tuple[int, ...]
    seed: int


def prompts(count: int | None = None) -> list[Told]:
    """Of the held-out scenes, in plain sentences."""
    rng = random.Random(_RENDER_SEED)
    return [Told(sentence(scene, rng), scene, seed) for seed, scene in enumerate(held_out_scenes()[:count])]


def quiet(pipe: Any) -> Any:
    pipe.set_progress_bar_config(disable=True)
    return pipe


def make(pipe: Any, told: Told, frames: int = FRAMES, **shown: Any) -> Tensor:
    """A video (3, frames, height, width) in -1..1, made with the numbers of a job of type ``video_fast``."""
    made = pipe(
        told.prompt,
        height=SIDE,
        width=SIDE,
        num_frames=frames,
        num_inference_steps=_STEPS,
        guidance_scale=_GUIDANCE,
        generator=torch.Generator().manual_seed(told.seed),
        output_type="np",
        **shown,
    ).frames[0]
    return torch.from_numpy(made).permute(3, 0, 1, 2) * 2 - 1


def frames_given(picture: Image.Image, place: int, frames: int = FRAMES) -> dict[str, Any]:
    """What ``WanVACEPipeline`` is called with when one frame is given: black where it is, white where it is made."""
    video = [Image.new("RGB", picture.size, _GREY) for _ in range(frames)]
    mask = [Image.new("L", picture.size, 255) for _ in range(frames)]
    video[place], mask[place] = picture, Image.new("L", picture.size, 0)
    return {"video": video, "mask": mask, "conditioning_scale": 1.0}


def as_picture(frame: Tensor) -> Image.Image:
    """Of (3, height, width) in -1..1."""
    grey = ((frame.permute(1, 2, 0) + 1) * 127.5).round().clamp(0, 255)
    return Image.fromarray(grey.numpy().astype(np.uint8))


def told_table(parts: Parts, count: int | None = None) -> str:
    """Shares of videos with each attribute as the prompt says."""
    told = prompts(count)
    scenes = torch.tensor([one.scene for one in told])
    true = render(scenes, torch.Generator().manual_seed(_RENDER_SEED), FRAMES, SIDE, SIDE)
    pipe = quiet(pipeline(parts))
    rows = (
        ("videos made by the model", torch.stack([make(pipe, one) for one in told])),
        ("true videos through the VAE", _round_trip(parts, true)),
        ("true videos (the checker's own)", true),
    )
    lines = [f"| {len(told)} held-out prompts | {' | '.join(ATTRIBUTES)} | all four |", f"|---|{'---|' * 5}"]
    for name, videos in rows:
        right = read_scenes(videos) == scenes
        lines.append(f"| {name} | {_shares([*right.float().mean(0).tolist(), right.all(1).float().mean().item()])} |")
    return "\n".join(lines)


def shown_table(parts: Parts, count: int = _SHOWN) -> str:
    """What VACE makes of a picture when the prompt names another shape and other colours, but the same motion.

    The error is the mean absolute difference between the given frame and the video's, in grey levels of 255.
    """
    told = prompts()
    seen = [one.scene for one in told[:count]]
    # Seven motions take turns, so this is the same motion with another look.
    asked = [told[(number + 7 * 4) % len(told)] for number in range(count)]
    true = render(torch.tensor(seen), torch.Generator().manual_seed(_RENDER_SEED), FRAMES, SIDE, SIDE)
    stills = torch.tensor([(*scene[:3], 0) for scene in seen])
    references = render(stills, torch.Generator().manual_seed(_RENDER_SEED), 1, SIDE, SIDE)
    plain, vace = quiet(pipeline(parts)), quiet(vace_pipeline(parts))
    shown: dict[str, list[dict[str, Any]]] = {
        "start frame": [frames_given(as_picture(video[:, 0]), 0) for video in true],
        "end frame": [frames_given(as_picture(video[:, -1]), -1) for video in true],
        "reference": [{"reference_images": [as_picture(still[:, 0])]} for still in references],
    }
    ways = {"no picture": [make(plain, one) for one in asked]}
    for name, pictures in shown.items():
        ways[name] = [make(vace, one, **given) for one, given in zip(asked, pictures, strict=True)]
    lines = [
        f"| {count} pictures | error at the start | error at the end | shape, colors | motion |",
        f"|---|{'---|' * 4}",
    ]
    for name, made in ways.items():
        videos = torch.stack(made)
        errors = [f"{(videos[:, :, i] - true[:, :, i]).abs().mean() * 127.5:.1f}" for i in (0, -1)]
        right = read_scenes(videos) == torch.tensor(seen)
        shares = _shares([right[:, :3].all(1).float().mean().item(), right[:, 3].float().mean().item()])
        lines.append(f"| {name} | {' | '.join(errors)} | {shares} |")
    return "\n".join(lines)


def tables(folder: Path = FOLDER) -> tuple[str, str]:
    """The card's, in Markdown."""
    parts = load(folder)
    return told_table(parts), shown_table(parts)


@torch.no_grad()
def _round_trip(parts: Parts, videos: Tensor) -> Tensor:
    return torch.cat([parts.vae.decode(parts.vae.encode(some).latent_dist.mode()).sample for some in videos.split(4)])


def _shares(shares: Sequence[float]) -> str:
    return " | ".join(f"{share:.1%}" for share in shares)
