import hashlib

import pytest
from PIL import Image

from gpu_handler.failures import BadInput
from gpu_handler.generators.references import (
    ReferencePlan,
    ReferenceUse,
    check_required,
    fitted,
    named_references,
)
from tests.fixtures.orders import job_order

URL = "https://pictures.test/a.png"


def halves(width: int, height: int) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (width // 2, 0, width, height))
    return picture


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("reference_image_url", "reference"),
        ("referenceImageUrl", "reference"),
        ("start_reference_image_url", "start"),
        ("endReferenceImageUrl", "end"),
    ],
)
def test_a_picture_in_the_metadata_is_found_by_its_role(name: str, role: str) -> None:
    assert named_references(job_order(metadata={name: URL})) == {role: URL}


@pytest.mark.parametrize(("name", "role"), [("image", "reference"), ("first_frame", "start"), ("last_frame", "end")])
def test_a_picture_in_the_config_is_found_by_its_role(name: str, role: str) -> None:
    assert named_references(job_order(**{name: URL})) == {role: URL}


@pytest.mark.parametrize("metadata", [{}, {"reference_image_url": None}, {"reference_image_url": ""}])
def test_an_empty_reference_is_none(metadata: dict[str, object]) -> None:
    assert named_references(job_order(metadata=metadata)) == {}


def test_a_flag_of_that_name_is_no_reference() -> None:
    assert named_references(job_order(metadata={"reference_image": True})) == {}


def test_without_a_word_of_it_the_reference_counts_half() -> None:
    plan = ReferencePlan.of(job_order())

    assert (plan.reference_strength, plan.denoise, plan.reference_fit) == (0.5, 0.5, "cover")


def test_a_stronger_reference_is_changed_less() -> None:
    assert ReferencePlan.of(job_order(metadata={"reference_strength": 0.8})).denoise == pytest.approx(0.2)


def test_a_denoise_strength_wins_over_the_reference_s() -> None:
    plan = ReferencePlan.of(job_order(metadata={"reference_strength": 0.8, "denoise_strength": 0.3}))

    assert plan.denoise == 0.3


@pytest.mark.parametrize("metadata", [{"reference_strength": 1.5}, {"reference_type": "mood"}, {"reference_fit": "x"}])
def test_a_wrong_plan_is_refused_with_the_field_named(metadata: dict[str, object]) -> None:
    with pytest.raises(BadInput, match=next(iter(metadata))):
        ReferencePlan.of(job_order(metadata=metadata))


def test_a_picture_that_covers_loses_what_is_too_much() -> None:
    covered = fitted(halves(200, 100), 100, 100, "cover")

    assert covered.getpixel((10, 50)) == (255, 0, 0)
    assert covered.getpixel((90, 50)) == (0, 0, 255)
    assert covered.getpixel((50, 2)) != (0, 0, 0)


def test_a_picture_that_is_contained_stands_in_black() -> None:
    contained = fitted(halves(200, 100), 100, 100, "contain")

    assert contained.getpixel((50, 2)) == (0, 0, 0)
    assert contained.getpixel((2, 50)) == (255, 0, 0)


@pytest.mark.parametrize("fit", ["cover", "contain"])
def test_a_picture_of_the_right_size_keeps_its_pixels(fit: str) -> None:
    noise = Image.effect_noise((48, 32), 80).convert("RGB")

    assert fitted(noise, 48, 32, fit).tobytes() == noise.tobytes()  # type: ignore[arg-type]


def test_a_small_picture_is_enlarged() -> None:
    assert fitted(halves(10, 10), 64, 48, "cover").size == (64, 48)


def test_a_used_picture_is_told_with_a_digest_of_its_pixels() -> None:
    picture = halves(8, 8)
    use = ReferenceUse("start", {"start": picture}, strengths={"reference_strength": 0.7}, fit="cover")

    told = use.metadata()

    assert told["reference_used"] is True
    assert (told["reference_mode"], told["reference_strength"], told["reference_fit"]) == ("start", 0.7, "cover")
    digest = hashlib.sha256(picture.tobytes()).hexdigest()
    assert told["references"]["start"] == {"width": 8, "height": 8, "sha256": digest}


def test_an_unused_picture_is_told_with_the_reason() -> None:
    use = ReferenceUse(unused={"end": "It is no picture."})

    assert use.metadata() == {
        "reference_mode": "none",
        "reference_used": False,
        "references_unused": {"end": "It is no picture."},
    }
    assert use.warnings == ["The end frame was not used. It is no picture."]


def test_a_required_picture_that_is_not_used_is_an_error_with_the_reason() -> None:
    plan = ReferencePlan.of(job_order(metadata={"reference_required": True}))

    with pytest.raises(BadInput, match="It is no picture"):
        check_required(plan, {"reference": "It is no picture."})


def test_where_none_is_required_nothing_is_an_error() -> None:
    check_required(ReferencePlan.of(job_order()), {"reference": "It is no picture."})
