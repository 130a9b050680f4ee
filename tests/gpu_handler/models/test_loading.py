import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionXLPipeline

from gpu_handler.models.catalog import CATALOG
from gpu_handler.models.loading import load_sdxl
from gpu_handler.models.weights import weights


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with weights(CATALOG["sdxl_tiny_random"], None) as built:
        yield shutil.copytree(built, tmp_path / "copy")


def test_a_pipeline_is_loaded_where_and_as_it_runs_best(folder: Path) -> None:
    pipeline = load_sdxl(folder)

    assert isinstance(pipeline, StableDiffusionXLPipeline)
    assert pipeline.device.type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert pipeline.unet.dtype == (torch.float16 if torch.cuda.is_available() else torch.float32)


def test_weights_published_in_halves_are_found(folder: Path) -> None:
    StableDiffusionXLPipeline.from_pretrained(folder, local_files_only=True).save_pretrained(
        folder.parent / "halves", variant="fp16"
    )

    assert isinstance(load_sdxl(folder.parent / "halves"), StableDiffusionXLPipeline)


def test_pickled_weights_are_never_read(folder: Path) -> None:
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    torch.save({}, file.with_suffix(".bin"))
    file.unlink()

    with pytest.raises(OSError, match="safetensors"):
        load_sdxl(folder)


def test_no_watermark_is_drawn_into_pictures(folder: Path) -> None:
    assert load_sdxl(folder).watermark is None
