from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from tools.shapes.autoencoder import center_latents, train_autoencoder
from tools.shapes.autoencoder_start import start_as_box_average
from tools.shapes.parts import Parts, new_parts
from tools.shapes.render import render
from tools.shapes.world import draw_scenes

COMMITTED = Path(__file__).parents[3] / "gpu_handler" / "models" / "sdxl_shapes"


@pytest.fixture(scope="module")
def pictures() -> Tensor:
    generator = torch.Generator().manual_seed(3)
    return render(draw_scenes(64, generator), generator)[0]


@torch.no_grad()
def latents(parts: Parts, pictures: Tensor) -> Tensor:
    mean: Tensor = parts.vae.encode(pictures).latent_dist.mean
    return mean


@torch.no_grad()
def round_trip(parts: Parts, pictures: Tensor) -> Tensor:
    decoded: Tensor = parts.vae.decode(latents(parts, pictures)).sample
    return decoded


@pytest.fixture
def started(parts: Parts) -> Parts:
    torch.manual_seed(0)
    fresh = new_parts(parts.tokenizer)
    start_as_box_average(fresh.vae)
    return fresh


def test_it_starts_as_a_box_average(started: Parts, pictures: Tensor) -> None:
    average = interpolate(avg_pool2d(pictures, 4), scale_factor=4)

    assert (round_trip(started, pictures) - average).abs().mean() < 0.12


def test_the_loss_falls(started: Parts, capsys: pytest.CaptureFixture[str]) -> None:
    train_autoencoder(started, steps=30, seed=0)

    losses = [float(line.split("loss ")[1].split()[0]) for line in capsys.readouterr().out.splitlines()]
    assert losses[-1] < 0.5 * max(losses)


def test_the_whole_training_made_edges_sharp(started: Parts, pictures: Tensor) -> None:
    committed = replace(started, vae=AutoencoderKL.from_pretrained(COMMITTED, variant="fp16", subfolder="vae"))

    before, after = ((round_trip(parts, pictures) - pictures).square().mean() for parts in (started, committed))
    assert after < before / 10


def test_centered_latents_have_zero_mean_and_a_known_scale(started: Parts, pictures: Tensor) -> None:
    pixels = round_trip(started, pictures)

    center_latents(started, seed=0)

    scaled = latents(started, pictures) * started.vae.config.scaling_factor
    assert scaled.mean((0, 2, 3)).abs().max() < 0.3
    assert 0.8 < scaled.std() < 1.2
    # Each latent stands for as many pixels as before.
    assert torch.allclose(round_trip(started, pictures), pixels, atol=1e-4)
