from pathlib import Path

import pytest
import torch

from gpu_handler.models.catalog import CATALOG
from gpu_handler.models.sdxl_loading import load_sdxl
from gpu_handler.models.weights import LocalWeights
from tools.shapes import denoiser
from tools.shapes.train import Plan, train


def test_a_training_ends_with_a_folder_the_worker_can_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(denoiser, "_PICTURES", 100)

    train(tmp_path / "model", Plan(text_steps=1, vae_steps=1, unet_steps=1))

    pipeline = load_sdxl(CATALOG["sdxl_shapes"], LocalWeights(tmp_path / "model"))
    picture = pipeline("a red star", num_inference_steps=1, height=64, width=64).images[0]
    assert picture.size == (64, 64)
    # The smallest float there is: nobody else in this process computes without it.
    assert (torch.tensor(1e-45) * 1).item() > 0


def test_the_plan_that_made_the_committed_model_is_the_default() -> None:
    card = Path(__file__).parents[3] / "gpu_handler" / "models" / "sdxl_shapes" / "README.md"

    plan = Plan()
    for steps in (plan.text_steps, plan.vae_steps, plan.unet_steps):
        assert f"{steps:,} steps" in card.read_text()
