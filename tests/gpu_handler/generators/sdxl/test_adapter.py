"""IP-Adapter's layers in a UNet laid out as the original: random weights, the published files' names and shapes."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gpu_handler.attempt.interruption import Interrupted, Reason
from gpu_handler.failures import ModelUnavailable
from gpu_handler.generators.references import NO_REFERENCES, References
from gpu_handler.generators.sdxl.generator import SdxlGenerator
from gpu_handler.models import loading
from gpu_handler.models.catalog import CATALOG
from gpu_handler.models.sdxl_loading import load_sdxl
from gpu_handler.models.weights import LocalWeights
from shared.model_variants import MODEL_SETS
from tests.fixtures.orders import job_order
from tests.fixtures.random_adapter import SIDE, save_adapter
from tests.fixtures.random_sdxl import random_pipeline

Draw = Callable[..., Any]

REFERENCE = Image.radial_gradient("L").resize((80, 60)).convert("RGB")
TYPES = pytest.mark.parametrize("kind", ["style", "composition", "character"])


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    pipeline = random_pipeline(Path(loading.__file__).parent / "sdxl_shapes")
    pipeline.save_pretrained(folder / "sdxl_base_1_0")
    layout = CATALOG["ip_adapter_sdxl"].adapter
    assert layout is not None
    save_adapter(folder / "ip_adapter_sdxl", pipeline.unet, layout)
    return folder


@pytest.fixture(scope="module")
def generator(models_dir: Path) -> SdxlGenerator:
    generator = SdxlGenerator(MODEL_SETS["default"]["sdxl"], models_dir)
    generator.load()
    return generator


@pytest.fixture
def draw(generator: SdxlGenerator) -> Draw:
    """Pixels, with the picture used as the metadata say; without a picture where they say nothing."""

    def draw(picture: Image.Image = REFERENCE, **metadata: Any) -> Any:
        references = References({"reference": picture}) if metadata else NO_REFERENCES
        made = generator.generate(job_order(steps=2, metadata=metadata), 0, references, lambda *_: None)
        return np.asarray(Image.open(BytesIO(made.data))).astype(float)

    return draw


def scales(generator: SdxlGenerator, kind: Any, strength: float) -> dict[str, list[float]]:
    """What each layer of the UNet is scaled by, for the general and for the face adapter, where not by nothing."""
    with generator._adapter.applied(kind, strength, REFERENCE):
        processors = generator._pipeline.unet.attn_processors.items()
        found = {name: list(processor.scale) for name, processor in processors if hasattr(processor, "scale")}
    return {name: scale for name, scale in found.items() if any(scale)}


@TYPES
def test_the_picture_decides_what_is_drawn(draw: Draw, kind: str) -> None:
    drawn = draw(reference_type=kind)

    assert np.abs(drawn - draw()).mean() > 1
    assert np.abs(drawn - draw(Image.new("RGB", (64, 64), "red"), reference_type=kind)).mean() > 1


@TYPES
def test_the_stronger_the_reference_the_more_it_changes(draw: Draw, kind: str) -> None:
    plain = draw()
    changes = [np.abs(draw(reference_type=kind, reference_strength=s) - plain).mean() for s in (0, 0.2, 0.6)]

    assert changes[0] == 0
    assert changes == sorted(changes)


def test_the_three_types_are_three_pictures(draw: Draw) -> None:
    drawn = {draw(reference_type=kind).tobytes() for kind in ("style", "composition", "character")}

    assert len(drawn) == 3


def test_style_is_one_layer_on_the_way_up(generator: SdxlGenerator) -> None:
    assert {name.split(".transformer")[0] for name in scales(generator, "style", 0.5)} == {"up_blocks.0.attentions.1"}
    assert set(map(tuple, scales(generator, "style", 0.5).values())) == {(0.5, 0.0)}


def test_composition_is_one_layer_on_the_way_down(generator: SdxlGenerator) -> None:
    found = scales(generator, "composition", 0.5)

    assert {name.split(".transformer")[0] for name in found} == {"down_blocks.2.attentions.1"}
    assert set(map(tuple, found.values())) == {(0.5, 0.0)}


def test_character_is_every_layer_of_the_face_adapter(generator: SdxlGenerator) -> None:
    found = scales(generator, "character", 0.5)

    assert set(map(tuple, found.values())) == {(0.0, 0.5)}
    assert len(found) > len(scales(generator, "style", 0.5)) + len(scales(generator, "composition", 0.5))


def test_a_picture_without_reference_is_what_it_would_be_if_there_were_no_adapter(draw: Draw, models_dir: Path) -> None:
    draw(reference_type="style")
    plain = SdxlGenerator(MODEL_SETS["default"]["sdxl"], None)
    plain.adopt(load_sdxl(CATALOG["sdxl_base_1_0"], LocalWeights(models_dir / "sdxl_base_1_0")))
    made = plain.generate(job_order(steps=2), 0, NO_REFERENCES, lambda *_: None)

    assert (np.asarray(Image.open(BytesIO(made.data))) == draw()).all()


def test_a_stop_leaves_no_adapter_behind(draw: Draw, generator: SdxlGenerator) -> None:
    before = draw()

    def stop(*_: int) -> None:
        raise Interrupted(Reason.CANCELLED)

    order = job_order(steps=2, metadata={"reference_type": "character"})
    with pytest.raises(Interrupted):
        generator.generate(order, 0, References({"reference": REFERENCE}), stop)
    assert (draw() == before).all()


def test_what_the_image_encoder_sees_is_told(generator: SdxlGenerator) -> None:
    order = job_order(steps=1, metadata={"reference_type": "style", "reference_strength": 0.4})
    told = generator.generate(order, 0, References({"reference": REFERENCE}), lambda *_: None).metadata

    assert (told["reference_mode"], told["reference_strength"], told["reference_used"]) == ("style", 0.4, True)
    assert (told["references"]["reference"]["width"], told["references"]["reference"]["height"]) == (SIDE, SIDE)
    assert "denoise_strength" not in told


def test_a_worker_without_the_adapter_s_files_does_not_start(models_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "sdxl_base_1_0").symlink_to(models_dir / "sdxl_base_1_0")

    with pytest.raises(ModelUnavailable, match="ip_adapter_sdxl"):
        SdxlGenerator(MODEL_SETS["default"]["sdxl"], tmp_path).load()
