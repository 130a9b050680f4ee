"""The demo model's pictures show what their prompts say: read from the pixels, by the checker of ``tools/shapes``."""

from typing import Any

import pytest
import torch

from gpu_handler.generators.sdxl.conditioning import Conditioning
from gpu_handler.generators.sdxl.generator import SdxlGenerator
from tools.shapes.evaluate import accuracy, draw
from tools.shapes.world import ATTRIBUTES, held_out

PROMPTS = held_out()[::10]
"""Combinations that no training picture had."""


def shares(sdxl: SdxlGenerator) -> dict[str, float]:
    """Of the pictures with each attribute right."""
    return dict(zip(ATTRIBUTES, accuracy(draw(sdxl, PROMPTS), PROMPTS).attributes, strict=True))


def test_colors_and_places_and_shapes_follow_the_prompts(sdxl: SdxlGenerator) -> None:
    right = shares(sdxl)

    assert right["color"] >= 0.9
    assert right["background"] >= 0.9
    assert right["position"] >= 0.9
    assert right["shape"] >= 0.8


def test_without_the_text_s_embeddings_they_are_right_by_chance_only(
    sdxl: SdxlGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = Conditioning.encode

    def encode_to_nothing(*args: Any) -> dict[str, torch.Tensor]:
        return {name: torch.zeros_like(tensor) for name, tensor in encode(*args).items()}

    monkeypatch.setattr(Conditioning, "encode", encode_to_nothing)

    assert max(shares(sdxl).values()) < 0.5
