"""The same pixels again, from the metadata alone."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gpu_handler.generators.protocol import Generated
from gpu_handler.generators.references import References
from gpu_handler.generators.sdxl.generator import SdxlGenerator
from gpu_handler.generators.wan.generator import WanGenerator
from tests.fixtures.orders import job_order
from tools.replay import drawing
from tools.replay.__main__ import main
from tools.replay.drawing import replay
from tools.replay.orders import NotReplayable

PICTURE = Image.radial_gradient("L").resize((100, 60)).convert("RGB")


@pytest.fixture(autouse=True)
def loaded(sdxl: SdxlGenerator, wan: WanGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The models are loaded once a run."""
    generators: dict[str, SdxlGenerator | WanGenerator] = {sdxl.variant: sdxl, wan.variant: wan}
    monkeypatch.setattr(drawing, "_generator", lambda name, _: generators[name])


def as_row(made: Generated) -> dict[str, Any]:
    """As ``complete_job`` stores it: some of it in columns."""
    settings = json.loads(json.dumps(made.metadata))
    settings["format"] = {"png": "image", "mp4": "video"}[settings["format"]]
    columns = {"width": "width", "height": "height", "seed": "generation_seed", "model_variant": "model_used"}
    row = {column: settings[name] for name, column in columns.items()}
    return {**row, "original_prompt": "what the user wrote", "generation_settings": settings}


@pytest.mark.parametrize(
    "changes",
    [
        {"num_images": 3, "negative_prompt": "fog", "guidance_scale": 4.5, "scheduler": "dpmpp_2m"},
        {"compel_enabled": True, "compel_weights": "(red:1.4), [sea]", "width": 96},
    ],
)
def test_a_picture_is_drawn_again(sdxl: SdxlGenerator, changes: dict[str, Any]) -> None:
    made = sdxl.generate(job_order(**changes), min(2, changes.get("num_images", 1) - 1), References(), lambda *_: None)

    assert replay(as_row(made), {}).data == made.data


@pytest.mark.parametrize(
    "metadata", [{"denoise_strength": 0.37, "reference_fit": "contain"}, {"exact_copy_mode": True}, {}]
)
def test_a_picture_that_was_made_from_another_is_drawn_again(sdxl: SdxlGenerator, metadata: dict[str, Any]) -> None:
    order = job_order(steps=6, metadata=metadata)
    made = sdxl.generate(order, 0, References({"reference": PICTURE}), lambda *_: None)

    assert replay(as_row(made), {"reference": PICTURE}).data == made.data


def test_a_video_is_drawn_again(wan: WanGenerator) -> None:
    order = job_order(type="video_high", frames=7, steps=2, metadata={"reference_strength": 0.9})
    made = wan.generate(order, 0, References({"start": PICTURE}), lambda *_: None)

    assert replay(as_row(made), {"start": PICTURE}).data == made.data


def test_a_missing_picture_is_asked_for(sdxl: SdxlGenerator) -> None:
    made = sdxl.generate(job_order(), 0, References({"reference": PICTURE}), lambda *_: None)

    with pytest.raises(NotReplayable, match="reference"):
        replay(made.metadata, {})


def test_another_picture_than_was_used_is_no_replay(sdxl: SdxlGenerator) -> None:
    made = sdxl.generate(job_order(), 0, References({"reference": PICTURE}), lambda *_: None)

    with pytest.raises(NotReplayable, match="not the one"):
        replay(made.metadata, {"reference": PICTURE.rotate(180)})


def test_a_picture_that_had_no_effect_then_has_none_now(sdxl: SdxlGenerator) -> None:
    made = sdxl.generate(job_order(), 0, References({"start": PICTURE}), lambda *_: None)

    assert replay(as_row(made), {"start": PICTURE}).data == made.data


@pytest.mark.parametrize("name", ["seed", "prompt", "width"])
def test_metadata_that_do_not_say_enough_are_refused_with_the_field_named(sdxl: SdxlGenerator, name: str) -> None:
    made = sdxl.generate(job_order(steps=1), 0, References(), lambda *_: None)
    del made.metadata[name]

    with pytest.raises(NotReplayable, match=name):
        replay(made.metadata, {})


def test_the_command_writes_the_file(sdxl: SdxlGenerator, tmp_path: Path) -> None:
    made = sdxl.generate(job_order(), 0, References({"reference": PICTURE}), lambda *_: None)
    asset, given, file = (tmp_path / name for name in ("asset.json", "given.png", "again.png"))
    asset.write_text(json.dumps(as_row(made)))
    PICTURE.save(given)

    assert main([str(asset), str(file), "--reference", str(given)]) == 0
    assert Image.open(BytesIO(file.read_bytes())).tobytes() == Image.open(BytesIO(made.data)).tobytes()


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "asset.json").write_text("{}")

    assert main([str(tmp_path / "asset.json"), str(tmp_path / "again.png")]) == 1
    assert "lack model_variant" in capsys.readouterr().err
