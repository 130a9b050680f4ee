from io import BytesIO
from typing import Any

from PIL import Image

from gpu_handler.generators.outputs import Drawing, finished_picture
from gpu_handler.generators.parameters import drawing_parameters
from gpu_handler.generators.protocol import Generated
from shared.model_variants import ModelVariant
from tests.fixtures.orders import PROMPT, job_order


def finished(index: int = 0, **changes: Any) -> Generated:
    parameters = drawing_parameters(job_order(**changes), ModelVariant("v", 64, 64))
    drawing = Drawing(index, "v", "euler", steps=parameters.steps, seconds=1.23456, warnings=("No effect.",))
    return finished_picture(Image.new("RGB", (32, 48), "plum"), drawing, parameters)


def test_the_metadata_holds_what_was_really_used() -> None:
    made = finished(index=2, num_images=3, seed=40, steps=9, guidance_scale=3.5, negative_prompt="fog")

    assert made.metadata == {
        "width": 32,
        "height": 48,
        "format": "png",
        "prompt": PROMPT,
        "compel_enabled": False,
        "compel_weights": None,
        "steps_asked": 9,
        "steps": 9,
        "guidance_scale": 3.5,
        "seed": 42,
        "asset_index": 2,
        "negative_prompt_used": "fog",
        "scheduler": "euler",
        "model_variant": "v",
        "saved_memory": False,
        "file_size_bytes": len(made.data),
        "generation_time": 1.235,
        "reference_mode": "none",
        "reference_used": False,
    }
    assert made.warnings == ("No effect.",)


def test_the_file_and_its_thumbnail_are_encoded() -> None:
    made = finished()

    assert made.content_type == "image/png"
    assert Image.open(BytesIO(made.data)).format == "PNG"
    assert Image.open(BytesIO(made.thumbnail)).format == "WEBP"


def test_a_negative_prompt_without_guidance_is_not_said_to_be_used() -> None:
    assert finished(guidance_scale=1, negative_prompt="fog").metadata["negative_prompt_used"] is None


def test_the_text_chunk_holds_prompt_and_parameters() -> None:
    made = finished(index=1, num_images=3, negative_prompt="fog", guidance_scale=3.5)

    assert Image.open(BytesIO(made.data)).info["parameters"].split("\n") == [
        PROMPT,
        "Negative prompt: fog",
        "Steps: 3, Sampler: euler, CFG scale: 3.5, Seed: 8, Size: 32x48, Model: v",
    ]


def test_the_text_chunk_names_no_negative_prompt_where_there_is_none() -> None:
    assert "Negative" not in Image.open(BytesIO(finished().data)).info["parameters"]


def test_the_same_picture_is_the_same_file() -> None:
    assert finished().data == finished().data


def test_the_weights_that_were_used_are_in_the_text_chunk() -> None:
    made = finished(compel_enabled=True, compel_weights="(sea:1.3), (sea:1.3)")

    assert Image.open(BytesIO(made.data)).info["parameters"].startswith(f"{PROMPT}, (sea:1.3)\n")
