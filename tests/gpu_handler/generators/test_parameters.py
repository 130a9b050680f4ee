from typing import Any

import pytest

from gpu_handler.failures import BadInput
from gpu_handler.generators.parameters import DrawingParameters, drawing_parameters, job_type, with_seed
from shared.bounds import SEED_LIMIT
from shared.messages import JobOrder
from shared.model_variants import ModelVariant
from tests.fixtures.orders import PROMPT, job_order

NATIVE = ModelVariant("native", 128, 96)


def bare_order(**config: Any) -> JobOrder:
    """An order with nothing but a seed in its config."""
    return job_order(config={"seed": 5} | config)


def read(order: JobOrder) -> DrawingParameters:
    return drawing_parameters(order, NATIVE)


def test_every_number_of_the_order_is_used() -> None:
    config = {"num_images": 3, "steps": 9, "guidance_scale": 2.5, "width": 32, "height": 48, "scheduler": "ddim"}

    parameters = read(job_order(negative_prompt="fog", config={"seed": 0} | config))

    assert (parameters.prompts.prompt, parameters.prompts.negative_prompt) == (PROMPT, "fog")
    assert parameters.model_dump(exclude={"prompts"}) == {"seed": 0, "frames": 1, "fps": 0} | config


@pytest.mark.parametrize(("asked", "made"), [(1, 1), (4, 1), (5, 5), (33, 33), (80, 77), (81, 81), (83, 81)])
def test_a_video_has_the_most_frames_of_the_form_4k_and_1(asked: int, made: int) -> None:
    assert read(job_order(type="video_fast", frames=asked)).frames == made


def test_a_video_has_the_frames_and_the_rate_of_its_type() -> None:
    parameters = read(bare_order().model_copy(update={"type": "video_high"}))

    assert (parameters.frames, parameters.fps) == (81, 16)


def test_a_picture_has_one_frame_whatever_is_asked_for() -> None:
    parameters = read(job_order(type="image_fast", frames=33))

    assert (parameters.frames, parameters.fps) == (1, 0)


@pytest.mark.parametrize("frames", [0, -3, 90, "many", 2.5])
def test_a_number_of_frames_that_nobody_can_make_is_refused(frames: object) -> None:
    with pytest.raises(BadInput, match="frames"):
        read(job_order(type="video_fast", frames=frames))


@pytest.mark.parametrize(
    ("name", "steps", "guidance_scale"), [("sdxl_image_fast", 15, 6.0), ("sdxl_image_high", 25, 7.5)]
)
def test_what_the_order_leaves_open_comes_from_its_type(name: str, steps: int, guidance_scale: float) -> None:
    parameters = read(bare_order().model_copy(update={"type": name}))

    assert (parameters.steps, parameters.guidance_scale, parameters.num_images) == (steps, guidance_scale, 1)


def test_a_size_left_open_is_the_model_s_own() -> None:
    parameters = read(bare_order())

    assert (parameters.width, parameters.height) == (128, 96)


def test_one_side_may_be_left_open() -> None:
    parameters = read(bare_order(width=64))

    assert (parameters.width, parameters.height) == (64, 96)


def test_a_size_may_be_given_as_a_resolution() -> None:
    parameters = read(bare_order(resolution="320x240"))

    assert (parameters.width, parameters.height) == (320, 240)


def test_width_and_height_win_over_a_resolution() -> None:
    parameters = read(bare_order(resolution="320x240", width=64, height=64))

    assert (parameters.width, parameters.height) == (64, 64)


def test_the_older_name_of_steps_is_read() -> None:
    assert read(bare_order(num_inference_steps=11)).steps == 11


def test_a_null_counts_as_left_open() -> None:
    assert read(bare_order(steps=None, width=None)).steps == 15


def test_a_number_written_as_text_is_a_number() -> None:
    assert read(bare_order(num_images="3")).num_images == 3


def test_the_largest_size_is_allowed() -> None:
    assert read(bare_order(width=1536, height=1024)).width == 1536


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        ({"num_images": 2}, r"^num_images must be one of 1, 3, 6\.$"),
        ({"num_images": "many"}, r"^num_images: "),
        ({"steps": 0}, r"^steps: "),
        ({"steps": 51}, r"^steps: "),
        ({"guidance_scale": 0.5}, r"^guidance_scale: "),
        ({"guidance_scale": 20.5}, r"^guidance_scale: "),
        ({"guidance_scale": float("nan")}, r"^guidance_scale: "),
        ({"width": 100}, r"^width: "),
        ({"height": 0}, r"^height: "),
        ({"width": 1536, "height": 1040}, r"^width x height may be at most 1572864 pixels\.$"),
        ({"seed": -1}, r"^seed: "),
        ({"seed": SEED_LIMIT}, r"^seed: "),
        ({"seed": SEED_LIMIT - 2, "num_images": 3}, r"^seed \+ num_images"),
        ({"seed": 1.5}, r"^seed: "),
    ],
)
def test_a_number_out_of_bounds_is_bad_input_and_named(config: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint):
        read(bare_order(**config))


def test_the_last_seed_with_room_for_its_outputs_is_allowed() -> None:
    assert read(bare_order(seed=SEED_LIMIT - 3, num_images=3)).seed == SEED_LIMIT - 3


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
def test_a_text_that_is_too_long_is_bad_input_and_not_quoted(field: str) -> None:
    with pytest.raises(BadInput, match=f"^{field}: ") as raised:
        read(job_order(**{field: "lighthouse " * 91}))
    assert "lighthouse" not in str(raised.value)


def test_an_empty_prompt_is_bad_input() -> None:
    with pytest.raises(BadInput, match=r"^prompt: "):
        read(job_order(prompt=""))


def test_several_wrong_numbers_are_all_named() -> None:
    with pytest.raises(BadInput, match=r"^steps: .*; width: .*\.$"):
        read(bare_order(steps=99, width=7))


def test_a_type_that_does_not_exist_is_bad_input() -> None:
    with pytest.raises(BadInput):
        job_type(job_order(type="oil_painting"))


def test_an_order_with_a_seed_keeps_it_zero_included() -> None:
    assert with_seed(job_order(seed=0)).config["seed"] == 0


def test_an_order_without_a_seed_gets_one_with_room_for_every_output() -> None:
    order = job_order(config={"num_images": 6})

    seeds = {read(with_seed(order)).seed for _ in range(20)}

    assert len(seeds) > 1
    assert "seed" not in order.config


def test_the_other_settings_survive_the_drawing_of_a_seed() -> None:
    assert with_seed(job_order(config={"num_images": 6, "seed": None})).config["num_images"] == 6


def test_a_scheduler_nobody_knows_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(BadInput, match=r"scheduler: .*'euler', 'euler_a'.* or 'ddim'"):
        read(bare_order(scheduler="plms"))
