from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from gpu_handler.generators.sdxl import SdxlGenerator
from gpu_handler.models.small.sdxl import build_sdxl
from shared.model_variants import MODEL_SETS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdxl")
    build_sdxl(folder)
    return folder


def all_weights(folder: Path) -> dict[str, torch.Tensor]:
    return {
        f"{file.parent.name}.{name}": tensor
        for file in sorted(folder.rglob("*.safetensors"))
        for name, tensor in load_file(file).items()
    }


def test_two_builds_have_the_same_weights(folder: Path, tmp_path: Path) -> None:
    torch.manual_seed(99)

    build_sdxl(tmp_path)

    first, second = all_weights(folder), all_weights(tmp_path)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_building_leaves_the_global_random_state_alone(tmp_path: Path) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)

    build_sdxl(tmp_path)

    assert torch.equal(torch.rand(3), expected)


def test_it_has_the_parts_of_a_real_one(folder: Path) -> None:
    parts = {path.name for path in folder.iterdir() if path.is_dir()}

    assert parts == {"scheduler", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "unet", "vae"}


def test_it_is_small(folder: Path) -> None:
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 10_000_000


def test_two_words_are_two_token_lists(sdxl: SdxlGenerator) -> None:
    tokenizer = sdxl._pipeline.tokenizer

    assert tokenizer("sea").input_ids != tokenizer("sky").input_ids
    assert tokenizer.eos_token_id == max(tokenizer.get_vocab().values())


def test_it_draws_best_at_the_size_its_variant_names(sdxl: SdxlGenerator) -> None:
    variant = MODEL_SETS["demo"]["sdxl"]
    native = sdxl._pipeline.default_sample_size * sdxl._pipeline.vae_scale_factor

    assert (native, native) == (variant.width, variant.height)
