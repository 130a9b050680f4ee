"""The real pipeline of diffusers on the demo model."""

import logging
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
import torch
from PIL import Image

from gpu_handler.attempt.interruption import Interrupted, Interruption, Reason
from gpu_handler.failures import BadInput
from gpu_handler.generators.protocol import Generated
from gpu_handler.generators.references import NO_REFERENCES
from gpu_handler.generators.sdxl.generator import SdxlGenerator
from shared.schedulers import SCHEDULERS
from tests.fixtures.orders import PROMPT, job_order

Make = Callable[..., Generated]


def ignore(done: int, total: int) -> None:
    assert 1 <= done <= total


@pytest.fixture
def make(sdxl: SdxlGenerator) -> Make:
    def make(index: int = 0, **changes: Any) -> Generated:
        return sdxl.generate(job_order(model_variant=sdxl.variant, **changes), index, NO_REFERENCES, ignore)

    return make


def picture(made: Generated) -> Image.Image:
    return Image.open(BytesIO(made.data))


def test_the_same_order_gives_the_same_pixels(make: Make) -> None:
    assert picture(make()).tobytes() == picture(make()).tobytes()


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 8},
        {"prompt": "a harbour at dawn"},
        {"negative_prompt": "fog"},
        {"guidance_scale": 9.0},
        {"steps": 4},
        {"scheduler": "dpmpp_2m"},
        {"compel_enabled": True, "compel_weights": "(red:1.4)"},
    ],
)
def test_every_part_of_the_order_changes_the_pixels(make: Make, change: dict[str, Any]) -> None:
    """Q17: nothing is accepted and then forgotten."""
    assert picture(make(**change)).tobytes() != picture(make()).tobytes()


def test_two_negative_prompts_give_two_pictures(make: Make) -> None:
    """Q17"""
    fog, night = (picture(make(negative_prompt=words)).tobytes() for words in ("fog", "night"))

    assert fog != night


@pytest.mark.parametrize("index", [1, 2])
def test_an_output_of_several_equals_the_single_one_of_its_seed(make: Make, index: int) -> None:
    of_several = make(index, num_images=3, seed=7)
    single = make(0, num_images=1, seed=7 + index)

    assert picture(of_several).tobytes() == picture(single).tobytes()


@pytest.mark.parametrize(("width", "height"), [(64, 64), (96, 48), (16, 16), (80, 144)])
def test_the_picture_has_the_asked_for_size(make: Make, width: int, height: int) -> None:
    made = make(width=width, height=height)

    assert picture(made).size == (width, height)
    assert (made.metadata["width"], made.metadata["height"]) == (width, height)


def test_without_a_size_it_draws_at_the_model_s_own(make: Make) -> None:
    assert picture(make(config={"seed": 1, "steps": 1})).size == (64, 64)


def test_a_large_picture_has_a_thumbnail_of_256_pixels(make: Make) -> None:
    made = make(width=512, height=256, steps=1)

    assert Image.open(BytesIO(made.thumbnail)).size == (256, 128)


def test_what_was_really_used_is_told(make: Make) -> None:
    made = make(1, num_images=3, seed=20, steps=2, guidance_scale=4.5, negative_prompt="fog")

    told = {name: made.metadata[name] for name in ("steps", "guidance_scale", "seed", "asset_index", "format")}
    assert told == {"steps": 2, "guidance_scale": 4.5, "seed": 21, "asset_index": 1, "format": "png"}
    assert made.metadata["scheduler"] == "euler"
    assert made.metadata["saved_memory"] is False
    assert made.metadata["model_variant"] == "sdxl_shapes"
    assert made.metadata["negative_prompt_used"] == "fog"


def test_the_parameters_are_in_the_png(make: Make) -> None:
    text = picture(make(seed=99)).info["parameters"]

    assert text.startswith(PROMPT)
    assert "Seed: 99" in text


def test_each_step_is_told(sdxl: SdxlGenerator) -> None:
    steps: list[tuple[int, int]] = []

    sdxl.generate(job_order(steps=4), 0, NO_REFERENCES, lambda done, total: steps.append((done, total)))

    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_stop_ends_it_within_one_step_and_the_next_picture_is_whole(sdxl: SdxlGenerator, make: Make) -> None:
    before = picture(make()).tobytes()
    interruption = Interruption()
    steps: list[int] = []

    def on_step(done: int, total: int) -> None:
        interruption.check()
        steps.append(done)
        if done == 2:
            interruption.request(Reason.CANCELLED)
        assert total == 50

    with pytest.raises(Interrupted):
        sdxl.generate(job_order(steps=50), 0, NO_REFERENCES, on_step)

    assert steps == [1, 2]
    assert picture(make()).tobytes() == before


def test_the_global_random_state_plays_no_part(make: Make) -> None:
    torch.manual_seed(1)
    first = picture(make()).tobytes()
    torch.manual_seed(2)

    assert picture(make()).tobytes() == first


@pytest.mark.parametrize("change", [{"num_images": 4}, {"width": 72}, {"steps": 51}, {"prompt": ""}])
def test_an_order_nobody_can_make_is_refused(sdxl: SdxlGenerator, change: dict[str, Any]) -> None:
    order = job_order(**change)

    with pytest.raises(BadInput):
        sdxl.count(order)
    with pytest.raises(BadInput):
        sdxl.generate(order, 0, NO_REFERENCES, ignore)


def test_an_order_without_oddities_has_no_warnings(make: Make) -> None:
    assert make(negative_prompt="fog").warnings == ()


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        (
            {"negative_prompt": "fog", "guidance_scale": 1},
            "At a guidance scale of 1 the negative prompt had no effect.",
        ),
        ({"compel_weights": "(sea:1.3)"}, "The prompt weights had no effect: compel_enabled was not set."),
    ],
)
def test_what_had_no_effect_is_said(make: Make, change: dict[str, Any], warning: str) -> None:
    assert make(**change).warnings == (warning,)


def test_a_negative_prompt_without_guidance_has_no_effect_indeed(make: Make) -> None:
    without = make(guidance_scale=1)

    assert picture(make(guidance_scale=1, negative_prompt="fog")).tobytes() == picture(without).tobytes()


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_every_scheduler_draws_the_same_pixels_for_the_same_seed(make: Make, scheduler: str) -> None:
    first, second = (make(scheduler=scheduler) for _ in range(2))

    assert first.metadata["scheduler"] == scheduler
    assert picture(first).tobytes() == picture(second).tobytes()


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_one_picture_s_scheduler_is_not_the_next_one_s(make: Make, scheduler: str) -> None:
    before = picture(make(scheduler="dpmpp_2m")).tobytes()

    make(scheduler=scheduler)

    assert picture(make(scheduler="dpmpp_2m")).tobytes() == before


def test_without_a_name_the_catalog_s_scheduler_draws(sdxl: SdxlGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdxl, "_entry", replace(sdxl._entry, scheduler="ddim"))

    assert sdxl.generate(job_order(), 0, NO_REFERENCES, ignore).metadata["scheduler"] == "ddim"


def test_words_past_the_77th_token_change_the_picture(make: Make) -> None:
    red, green = (picture(make(prompt="very " * 90 + word)).tobytes() for word in ("red", "green"))

    assert red != green


def test_weights_on_the_negative_prompt_change_the_picture(make: Make) -> None:
    light, heavy = (
        picture(make(negative_prompt=f"(blue:{weight})", compel_enabled=True)).tobytes() for weight in (0.5, 1.5)
    )

    assert light != heavy


def test_weights_without_compel_enabled_change_nothing(make: Make) -> None:
    assert picture(make(compel_weights="(red:1.4)")).tobytes() == picture(make()).tobytes()


def test_a_long_prompt_is_not_logged(make: Make, caplog: pytest.LogCaptureFixture, capfd: Any) -> None:
    with caplog.at_level(logging.DEBUG):
        make(prompt="a very long walk " * 20)

    assert "long walk" not in caplog.text
    assert "long walk" not in "".join(capfd.readouterr())


def test_it_tells_what_it_runs_on(sdxl: SdxlGenerator) -> None:
    assert sdxl.device == ("cpu" if not torch.cuda.is_available() else torch.cuda.get_device_name())
    assert sdxl.versions["torch"] == torch.__version__
    assert set(sdxl.versions) == {"torch", "diffusers", "weights"}
    assert sdxl.versions["weights"] == "bundled"
    assert sdxl.load_seconds > 0


def test_a_second_load_does_nothing(sdxl: SdxlGenerator) -> None:
    pipeline = sdxl._pipeline

    sdxl.load()

    assert sdxl._pipeline is pipeline
