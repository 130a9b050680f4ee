import shutil
from pathlib import Path

import pytest
import torch

from gpu_handler.failures import ModelUnavailable
from gpu_handler.models import loading
from gpu_handler.models.catalog import CATALOG
from gpu_handler.models.wan_loading import load_vace, load_wan
from gpu_handler.models.weights import LocalWeights

ENTRY = CATALOG["wan_shapes"]
BUNDLED = Path(loading.__file__).parent


def test_everything_is_loaded_in_float32_on_a_cpu() -> None:
    pipeline = load_wan(ENTRY, LocalWeights(BUNDLED / "wan_shapes"))
    vace = load_vace(pipeline, LocalWeights(BUNDLED / "wan_shapes_vace"))

    models = (pipeline.transformer, pipeline.vae, pipeline.text_encoder, vace.transformer)
    assert {model.dtype for model in models} == {torch.float32}
    assert not any(model.training for model in models)


def test_a_missing_tokenizer_is_said_and_not_made_up(tmp_path: Path) -> None:
    """Where files are missing, transformers may make one that knows no words."""
    folder = shutil.copytree(BUNDLED / "wan_shapes", tmp_path / "wan")
    for file in (folder / "tokenizer").iterdir():
        if file.name != "tokenizer_config.json":
            file.unlink()

    with pytest.raises(ModelUnavailable, match="tokenizer of wan_shapes"):
        load_wan(ENTRY, LocalWeights(folder))


def test_missing_weights_are_an_error(tmp_path: Path) -> None:
    folder = shutil.copytree(BUNDLED / "wan_shapes", tmp_path / "wan")
    for file in (folder / "transformer").glob("*.safetensors"):
        file.unlink()

    with pytest.raises(OSError, match="safetensors"):
        load_wan(ENTRY, LocalWeights(folder))
