"""References on the demo model: what is drawn from a picture, and what is copied."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gpu_handler.attempt.interruption import Interrupted, Interruption, Reason
from gpu_handler.failures import BadInput
from gpu_handler.generators.protocol import Generated
from gpu_handler.generators.references import NO_REFERENCES, References
from gpu_handler.generators.sdxl.generator import SdxlGenerator
from gpu_handler.generators.sdxl.references import REAL_STEPS, steps_for
from tests.fixtures.orders import job_order

Make = Callable[..., Generated]

REFERENCE = Image.new("RGB", (64, 64), (40, 70, 215))
REFERENCE.paste((245, 215, 40), (20, 20, 44, 44))
"""A yellow square on blue."""
GIVEN = References({"reference": REFERENCE})


def ignore(done: int, total: int) -> None:
    assert 1 <= done <= total


@pytest.fixture
def make(sdxl: SdxlGenerator) -> Make:
    def make(references: References = GIVEN, /, **changes: Any) -> Generated:
        order = job_order(model_variant=sdxl.variant, **{"prompt": "a red circle", "steps": 8, **changes})
        return sdxl.generate(order, 0, references, ignore)

    return make


def pixels(made: Generated) -> Any:
    return np.asarray(Image.open(BytesIO(made.data))).astype(float)


def distance(made: Generated) -> float:
    """Mean difference from the reference, in grey levels."""
    return float(np.abs(pixels(made) - np.asarray(REFERENCE)).mean())


def test_the_more_is_denoised_the_less_is_left_of_the_picture(make: Make) -> None:
    distances = [distance(make(metadata={"denoise_strength": strength})) for strength in (0.1, 0.5, 0.9)]

    assert distances == sorted(distances)
    assert distances[2] > 2 * distances[0]


def test_another_picture_gives_another_result(make: Make) -> None:
    other = References({"reference": Image.new("RGB", (64, 64), "green")})

    assert np.abs(pixels(make()) - pixels(make(other))).mean() > 5


@pytest.mark.parametrize("metadata", [{"denoise_strength": 0.3}, {"reference_strength": 0.7}])
def test_both_names_of_the_strength_mean_the_same(make: Make, metadata: dict[str, float]) -> None:
    made = make(metadata=metadata)

    assert made.metadata["denoise_strength"] == 0.3
    assert made.metadata["reference_strength"] == 0.7
    assert made.metadata["reference_mode"] == "modify"


def test_the_steps_that_were_made_are_told(sdxl: SdxlGenerator) -> None:
    told: list[tuple[int, int]] = []
    order = job_order(steps=20, metadata={"denoise_strength": 0.5})
    made = sdxl.generate(order, 0, GIVEN, lambda *step: told.append(step))

    assert told == [(step, 10) for step in range(1, 11)]
    assert (made.metadata["steps"], made.metadata["steps_asked"]) == (10, 20)


@pytest.mark.parametrize("strength", [0, 0.01, 0.05])
def test_a_change_however_small_is_made_in_four_steps(make: Make, strength: float) -> None:
    made = make(metadata={"denoise_strength": strength})

    assert made.metadata["steps"] == REAL_STEPS
    assert made.metadata["denoise_strength"] == max(strength, 0.004)


@given(steps=st.integers(1, 50), denoise=st.floats(0.004, 1))
def test_no_schedule_is_finer_than_the_model_s_and_none_makes_less_than_four_steps(steps: int, denoise: float) -> None:
    whole, real = steps_for(steps, denoise)

    assert max(steps, REAL_STEPS) <= whole <= 1000 or whole == max(steps, REAL_STEPS)
    assert real == int(whole * denoise) >= REAL_STEPS


def test_a_stop_ends_a_change_within_one_step(sdxl: SdxlGenerator) -> None:
    interruption = Interruption()
    steps: list[int] = []

    def on_step(done: int, _: int) -> None:
        steps.append(done)
        interruption.request(Reason.CANCELLED)
        interruption.check()

    with pytest.raises(Interrupted):
        sdxl.generate(job_order(steps=12), 0, GIVEN, on_step)
    assert steps == [1]


def test_an_exact_copy_has_the_picture_s_own_pixels(make: Make) -> None:
    made = make(metadata={"exact_copy_mode": True})

    assert (pixels(made) == np.asarray(REFERENCE)).all()
    assert (made.metadata["steps"], made.metadata["reference_mode"]) == (0, "exact_copy")
    assert (made.metadata["denoise_strength"], made.metadata["reference_strength"]) == (0.0, 1.0)


def test_an_exact_copy_is_the_same_file_whatever_was_said_with_it(make: Make) -> None:
    """Neither prompt nor seed nor steps have a part in it."""
    copies = {
        make(metadata={"exact_copy_mode": True}, **said).data
        for said in ({}, {"prompt": "a harbour"}, {"seed": 99}, {"steps": 30, "negative_prompt": "fog"})
    }

    assert len(copies) == 1


@pytest.mark.parametrize(("fit", "corner"), [("cover", (40, 70, 215)), ("contain", (0, 0, 0))])
def test_an_exact_copy_of_another_shape_is_cut_or_framed(make: Make, fit: str, corner: tuple[int, ...]) -> None:
    made = make(width=128, height=64, metadata={"exact_copy_mode": True, "reference_fit": fit})

    copy = Image.open(BytesIO(made.data))
    assert copy.size == (128, 64)
    assert copy.getpixel((0, 0)) == corner
    assert made.metadata["reference_fit"] == fit


def test_a_type_that_the_model_has_no_layers_for_is_not_used_and_says_so(make: Make) -> None:
    made = make(metadata={"reference_type": "style"})

    assert (pixels(made) == pixels(make(NO_REFERENCES))).all()
    assert made.metadata["reference_used"] is False
    assert "no layers for style" in made.warnings[0]


def test_a_required_type_that_the_model_has_no_layers_for_is_an_error(make: Make) -> None:
    with pytest.raises(BadInput, match="no layers for style"):
        make(metadata={"reference_type": "style", "reference_required": True})


def test_a_frame_for_a_picture_is_not_used_and_says_so(make: Make) -> None:
    made = make(References({"start": REFERENCE}))

    assert made.warnings == ("The start frame was not used. A picture has no first or last frame.",)
    assert (pixels(made) == pixels(make(NO_REFERENCES))).all()


def test_a_picture_that_could_not_be_had_is_told_with_its_reason(make: Make) -> None:
    made = make(References(missing={"reference": "It is too large."}))

    assert made.metadata["references_unused"] == {"reference": "It is too large."}
    assert made.metadata["reference_used"] is False
