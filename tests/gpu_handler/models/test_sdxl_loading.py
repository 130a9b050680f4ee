import json
import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionXLPipeline
from diffusers.loaders.single_file_utils import SingleFileComponentError
from safetensors.torch import load_file, save_file

from gpu_handler.failures import ModelUnavailable
from gpu_handler.models import loading
from gpu_handler.models.catalog import CATALOG
from gpu_handler.models.sdxl_loading import load_sdxl
from gpu_handler.models.weights import LocalWeights
from tests.fixtures.checkpoints import save_checkpoint
from tests.fixtures.random_sdxl import random_pipeline

ENTRY = replace(CATALOG["sdxl_base_1_0"], precision="bfloat16")
BUNDLED = LocalWeights(Path(loading.__file__).parent / "sdxl_shapes")
MODELS = ("unet", "vae", "text_encoder", "text_encoder_2")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder ``pipeline``, and ``checkpoint.safetensors`` which was made from it. Not to be changed."""
    folder = tmp_path_factory.mktemp("published")
    pipeline = random_pipeline(BUNDLED.path)
    pipeline.save_pretrained(folder / "pipeline")
    save_checkpoint(pipeline, folder / "checkpoint.safetensors")
    return folder


@pytest.fixture(scope="module")
def checkpoint(published: Path) -> LocalWeights:
    """With a configuration that has no weights. Not to be changed."""
    unweighted = shutil.ignore_patterns("*.safetensors")
    config = shutil.copytree(published / "pipeline", published / "configuration", ignore=unweighted)
    return LocalWeights(published / "checkpoint.safetensors", config)


@pytest.fixture(scope="module")
def from_folder(published: Path) -> Any:
    return load_sdxl(ENTRY, LocalWeights(published / "pipeline"))


@pytest.fixture(scope="module")
def from_checkpoint(checkpoint: LocalWeights) -> Any:
    return load_sdxl(ENTRY, checkpoint)


@pytest.fixture
def folder(published: Path, tmp_path: Path) -> Path:
    """The pipeline's folder, to be changed."""
    return shutil.copytree(published / "pipeline", tmp_path / "pipeline")


@pytest.fixture
def sprung(tmp_path: Path) -> Path:
    """Exists once a trap was sprung."""
    return tmp_path / "sprung"


def draw(pipeline: Any) -> torch.Tensor:
    """In floating point, (1, 3, 64, 64)."""
    generator = torch.Generator("cpu").manual_seed(7)
    size = {"width": 64, "height": 64}
    return pipeline("a red circle", num_inference_steps=2, **size, generator=generator, output_type="pt").images


def precisions(pipeline: Any) -> set[torch.dtype]:
    return {getattr(pipeline, model).dtype for model in MODELS}


def same_weights(one: Any, other: Any, model: str) -> bool:
    ones, others = (getattr(pipeline, model).state_dict() for pipeline in (one, other))
    return ones.keys() == others.keys() and all(torch.equal(ones[name], others[name]) for name in ones)


def put_trap(file: Path, sprung: Path) -> None:
    file.write_text(f"from pathlib import Path\n\nPath({str(sprung)!r}).touch()\n\n\nclass Evil: ...\n")


def name_class(folder: Path, part: str) -> None:
    file = folder / "model_index.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), part: ["evil", "Evil"]}))


class Trap:
    """Springs when it is unpickled."""

    def __init__(self, sprung: Path) -> None:
        self._sprung = sprung

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self._sprung),)


@pytest.mark.parametrize("precision", ["float16", "float32"])
def test_a_folder_is_loaded_where_and_as_it_runs_best(precision: Any) -> None:
    pipeline = load_sdxl(replace(ENTRY, precision=precision), BUNDLED)

    cuda = torch.cuda.is_available()
    assert isinstance(pipeline, StableDiffusionXLPipeline)
    assert pipeline.device.type == ("cuda" if cuda else "cpu")
    assert precisions(pipeline) == {getattr(torch, precision if cuda else "float32")}


def test_a_checkpoint_is_loaded_where_and_as_it_runs_best(from_checkpoint: Any) -> None:
    cuda = torch.cuda.is_available()
    assert isinstance(from_checkpoint, StableDiffusionXLPipeline)
    assert from_checkpoint.device.type == ("cuda" if cuda else "cpu")
    assert precisions(from_checkpoint) == {getattr(torch, ENTRY.precision if cuda else "float32")}


def test_weights_published_in_halves_are_read_like_whole_ones(tmp_path: Path) -> None:
    halves = load_sdxl(ENTRY, BUNDLED)
    halves.save_pretrained(tmp_path)

    whole = load_sdxl(ENTRY, LocalWeights(tmp_path))

    assert (BUNDLED.path / "unet" / "diffusion_pytorch_model.fp16.safetensors").exists()
    assert (tmp_path / "unet" / "diffusion_pytorch_model.safetensors").exists()
    assert torch.equal(draw(whole), draw(halves))


def test_a_checkpoint_gives_the_same_pixels_as_the_folder_it_was_made_from(
    from_checkpoint: Any, from_folder: Any
) -> None:
    expected = draw(from_folder)

    assert torch.equal(draw(from_checkpoint), expected)
    assert expected.std() > 0.01


@pytest.mark.parametrize("model", MODELS)
def test_every_weight_of_a_checkpoint_is_where_the_folder_has_it(
    from_checkpoint: Any, from_folder: Any, model: str
) -> None:
    assert same_weights(from_checkpoint, from_folder, model)


def test_the_weights_that_lie_in_a_configuration_are_not_read(
    checkpoint: LocalWeights, folder: Path, from_folder: Any
) -> None:
    for file in folder.rglob("*.safetensors"):
        save_file({name: torch.zeros_like(tensor) for name, tensor in load_file(file).items()}, file)

    pipeline = load_sdxl(ENTRY, LocalWeights(checkpoint.path, folder))

    assert all(same_weights(pipeline, from_folder, model) for model in MODELS)


@pytest.mark.parametrize(
    "lost",
    [
        "model.diffusion_model.out.2.bias",
        "conditioner.embedders.1.model.text_projection",
    ],
)
def test_a_checkpoint_that_lacks_a_weight_is_refused(
    checkpoint: LocalWeights, folder: Path, tmp_path: Path, lost: str
) -> None:
    weights = load_file(checkpoint.path)
    del weights[lost]
    save_file(weights, tmp_path / "damaged.safetensors")

    with pytest.raises(NotImplementedError, match="no data"):
        load_sdxl(ENTRY, LocalWeights(tmp_path / "damaged.safetensors", folder))


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ("first_stage_model", SingleFileComponentError),
        ("conditioner.embedders.0", ValueError),
        ("conditioner.embedders.1", SingleFileComponentError),
    ],
)
def test_a_checkpoint_that_lacks_a_model_is_refused(
    checkpoint: LocalWeights, folder: Path, tmp_path: Path, part: str, error: type[Exception]
) -> None:
    weights = {name: tensor for name, tensor in load_file(checkpoint.path).items() if not name.startswith(part)}
    save_file(weights, tmp_path / "damaged.safetensors")

    with pytest.raises(error, match=r"missing in the checkpoint|valid CLIP"):
        load_sdxl(ENTRY, LocalWeights(tmp_path / "damaged.safetensors", folder))


def test_a_checkpoint_cut_short_is_refused(checkpoint: LocalWeights, tmp_path: Path) -> None:
    file = tmp_path / "damaged.safetensors"
    file.write_bytes(checkpoint.path.read_bytes()[:-1])

    with pytest.raises(OSError, match="Unable to load weights"):
        load_sdxl(ENTRY, LocalWeights(file, checkpoint.config))


@pytest.mark.parametrize(("kind", "lost"), [("folder", "tokenizer"), ("checkpoint", "tokenizer_2")])
def test_a_model_without_a_tokenizer_is_refused(checkpoint: LocalWeights, folder: Path, kind: str, lost: str) -> None:
    shutil.rmtree(folder / lost)

    with pytest.raises(ModelUnavailable, match=rf"folder {lost} of {ENTRY.name}"):
        load_sdxl(ENTRY, LocalWeights(folder) if kind == "folder" else LocalWeights(checkpoint.path, folder))


@pytest.mark.parametrize(
    ("safe", "pickled"),
    [
        ("unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.bin"),
        ("text_encoder/model.safetensors", "text_encoder/pytorch_model.bin"),
    ],
)
def test_pickled_weights_in_a_folder_are_never_read(folder: Path, safe: str, pickled: str) -> None:
    torch.save(load_file(folder / safe), folder / pickled)
    (folder / safe).unlink()

    with pytest.raises(OSError, match="safetensors"):
        load_sdxl(ENTRY, LocalWeights(folder))


@pytest.mark.parametrize("name", ["checkpoint.safetensors", "checkpoint.ckpt"])
@pytest.mark.parametrize("write", [pickle.dump, torch.save])
def test_a_pickle_in_the_place_of_a_checkpoint_is_refused_and_not_run(
    checkpoint: LocalWeights, tmp_path: Path, sprung: Path, name: str, write: Callable[..., None]
) -> None:
    with (tmp_path / name).open("wb") as file:
        write(Trap(sprung), file)

    with pytest.raises(OSError, match="Unable to load weights"):
        load_sdxl(ENTRY, LocalWeights(tmp_path / name, checkpoint.config))

    assert not sprung.exists()


@pytest.mark.parametrize(("part", "place"), [("_class_name", "."), ("unet", "unet")])
def test_code_named_by_a_folder_is_refused_and_not_run(folder: Path, sprung: Path, part: str, place: str) -> None:
    put_trap(folder / place / "evil.py", sprung)
    name_class(folder, part)

    with pytest.raises(ValueError, match="contains custom code"):
        load_sdxl(ENTRY, LocalWeights(folder))

    assert not sprung.exists()


def test_code_named_by_the_configuration_of_a_checkpoint_is_refused_and_not_run(
    checkpoint: LocalWeights, folder: Path, sprung: Path
) -> None:
    put_trap(folder / "unet" / "evil.py", sprung)
    name_class(folder, "unet")

    with pytest.raises(ModuleNotFoundError, match="evil"):
        load_sdxl(ENTRY, LocalWeights(checkpoint.path, folder))

    assert not sprung.exists()


@pytest.mark.parametrize("kind", ["folder", "checkpoint"])
def test_a_pipeline_class_beside_the_weights_is_not_run(
    checkpoint: LocalWeights, folder: Path, sprung: Path, kind: str
) -> None:
    put_trap(folder / "pipeline.py", sprung)

    load_sdxl(ENTRY, LocalWeights(folder) if kind == "folder" else LocalWeights(checkpoint.path, folder))

    assert not sprung.exists()


@pytest.mark.parametrize("kind", ["folder", "checkpoint"])
def test_no_watermark_is_drawn_into_pictures_where_there_is_a_library_for_it(
    checkpoint: LocalWeights, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    module = "diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl"
    monkeypatch.setattr(f"{module}.is_invisible_watermark_available", lambda: True)
    monkeypatch.setattr(f"{module}.StableDiffusionXLWatermarker", object, raising=False)

    pipeline = load_sdxl(ENTRY, BUNDLED if kind == "folder" else checkpoint)

    assert pipeline.watermark is None


@pytest.mark.parametrize("kind", ["folder", "checkpoint"])
def test_loading_and_drawing_print_nothing(
    checkpoint: LocalWeights, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    draw(load_sdxl(ENTRY, BUNDLED if kind == "folder" else checkpoint))

    assert capfd.readouterr() == ("", "")
