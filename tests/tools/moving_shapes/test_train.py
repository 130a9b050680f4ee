from pathlib import Path

import pytest
import torch

from tools.moving_shapes import autoencoder, denoiser, text
from tools.moving_shapes.evaluate import FOLDER
from tools.moving_shapes.parts import load, pipeline
from tools.moving_shapes.train import Plan, train


def test_a_training_ends_with_a_folder_both_pipelines_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in ((autoencoder, "_BATCH", 1), (denoiser, "_TOKENS", 64), (text, "_BATCH", 4)):
        monkeypatch.setattr(module, name, value)

    train(tmp_path / "model", Plan(text_steps=1, vae_steps=1, transformer_steps=1))

    pipe = pipeline(load(tmp_path / "model"))
    video = pipe("a red star", num_inference_steps=1, height=32, width=32, num_frames=5).frames
    assert video.shape == (1, 5, 32, 32, 3)
    # The smallest float there is: nobody else in this process computes without it.
    assert (torch.tensor(1e-45) * 1).item() > 0


def test_the_plan_that_made_the_committed_model_is_the_default() -> None:
    card = (FOLDER / "README.md").read_text()

    plan = Plan()
    for steps in (plan.text_steps, plan.vae_steps, plan.transformer_steps):
        assert f"{steps:,} steps" in card
