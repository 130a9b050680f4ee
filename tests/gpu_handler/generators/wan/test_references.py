"""What VACE is given for each picture, and that it decides the video."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from gpu_handler.failures import BadInput
from gpu_handler.generators.parameters import DrawingParameters, drawing_parameters
from gpu_handler.generators.protocol import Generated
from gpu_handler.generators.references import NO_REFERENCES, References, ReferenceUse
from gpu_handler.generators.wan.generator import WanGenerator
from gpu_handler.generators.wan.references import conditions, use_of
from shared.model_variants import MODEL_SETS
from tests.fixtures.orders import job_order

Make = Callable[..., Generated]

RED, GREEN = (Image.new("RGB", (32, 32), colour) for colour in ("red", "green"))
MODES: dict[str, References] = {
    "single": References({"reference": RED}),
    "start": References({"start": RED}),
    "end": References({"end": GREEN}),
    "both": References({"start": RED, "end": GREEN}),
}
BLACK, WHITE, GREY = (0, 0, 0), (255, 255, 255), (128, 128, 128)


def order(**changes: Any) -> Any:
    return job_order(**{"type": "video_fast", "frames": 9, "steps": 2, "width": 32, "height": 32} | changes)


def parameters(**changes: Any) -> DrawingParameters:
    return drawing_parameters(order(**changes), MODEL_SETS["demo"]["wan"])


def used(references: References, **changes: Any) -> ReferenceUse:
    return use_of(order(**changes), references, parameters(**changes))


def given(references: References) -> dict[str, Any]:
    return conditions(used(references).pictures, parameters())


def colours(pictures: list[Image.Image]) -> list[Any]:
    return [picture.getpixel((5, 5)) for picture in pictures]


@pytest.fixture
def make(wan: WanGenerator) -> Make:
    def make(references: References = NO_REFERENCES, /, **changes: Any) -> Generated:
        return wan.generate(order(**changes), 0, references, lambda *_: None)

    return make


def frames(made: Generated) -> Any:
    with av.open(BytesIO(made.data), "r") as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]).astype(float)


@pytest.mark.parametrize("mode", MODES)
def test_each_combination_has_its_name(mode: str) -> None:
    assert used(MODES[mode]).mode == mode


def test_nothing_to_refer_to_is_none() -> None:
    assert used(NO_REFERENCES).metadata() == {"reference_mode": "none", "reference_used": False}


def test_a_start_is_the_first_frame_and_nothing_else_is_given() -> None:
    arguments = given(MODES["start"])

    assert colours(arguments["video"]) == [(255, 0, 0)] + [GREY] * 8
    assert colours(arguments["mask"]) == [BLACK] + [WHITE] * 8
    assert "reference_images" not in arguments


def test_an_end_is_the_last_frame() -> None:
    arguments = given(MODES["end"])

    assert colours(arguments["video"]) == [GREY] * 8 + [(0, 128, 0)]
    assert colours(arguments["mask"]) == [WHITE] * 8 + [BLACK]


def test_both_are_both() -> None:
    arguments = given(MODES["both"])

    assert colours(arguments["video"]) == [(255, 0, 0)] + [GREY] * 7 + [(0, 128, 0)]
    assert colours(arguments["mask"]) == [BLACK] + [WHITE] * 7 + [BLACK]


def test_a_single_reference_stands_beside_a_video_of_which_nothing_is_given() -> None:
    arguments = given(MODES["single"])

    assert colours(arguments["reference_images"]) == [(255, 0, 0)]
    assert "video" not in arguments


def test_a_reference_and_a_start_are_both_used() -> None:
    use = used(References({"reference": GREEN, "start": RED}))

    assert set(use.pictures) == {"reference", "start"}
    assert set(conditions(use.pictures, parameters())) == {"video", "mask", "reference_images"}


def test_pictures_are_fitted_to_the_video() -> None:
    use = used(References({"start": Image.new("RGB", (300, 100), "red")}), width=48, height=80)

    assert use.pictures["start"].size == (48, 80)


@pytest.mark.parametrize("mode", MODES)
def test_the_pictures_decide_the_video(make: Make, mode: str) -> None:
    """Other pictures of the same mode give another video, and each is another than without."""
    others = References({role: Image.new("RGB", (32, 32), "blue") for role in MODES[mode].pictures})
    made = make(MODES[mode])

    assert np.abs(frames(made) - frames(make())).max() > 0
    assert np.abs(frames(made) - frames(make(others))).max() > 0
    assert made.metadata["reference_mode"] == mode
    assert made.metadata["frames"] == 9


def test_the_strength_is_the_scale_of_the_conditions(
    make: Make, wan: WanGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []
    forward = wan._vace.transformer.forward

    def watched(*args: Any, control_hidden_states_scale: Any, **options: Any) -> Any:
        seen.append(float(control_hidden_states_scale[0]))
        return forward(*args, control_hidden_states_scale=control_hidden_states_scale, **options)

    monkeypatch.setattr(wan._vace.transformer, "forward", watched)
    made = make(MODES["start"], metadata={"reference_strength": 0.8})

    assert seen == pytest.approx([0.8] * 4)
    assert made.metadata["reference_strength"] == 0.8


def test_a_picture_may_refer_to_one(make: Make) -> None:
    made = make(MODES["single"], type="image_fast")

    assert made.content_type == "image/png"
    assert made.metadata["reference_mode"] == "single"


def test_a_frame_for_a_picture_is_not_used_and_says_so(make: Make) -> None:
    made = make(MODES["start"], type="image_fast")

    assert made.warnings == ("The start frame was not used. A picture has no first or last frame.",)
    assert made.data == make(type="image_fast").data


def test_a_video_of_one_frame_has_a_start_and_no_end() -> None:
    use = used(MODES["both"], frames=1)

    assert use.mode == "start"
    assert list(use.unused) == ["end"]


def test_a_required_frame_that_cannot_be_used_is_an_error() -> None:
    with pytest.raises(BadInput, match="no first or last frame"):
        used(MODES["end"], type="image_fast", metadata={"reference_required": True})
