"""The bounds of every field of a submission."""

from typing import Any

import pytest
from pydantic import ValidationError

from functions.queue_job.schema import SPELLINGS, QueueJobRequest
from shared.bounds import SEED_LIMIT
from shared.job_types import ALIASES, JOB_TYPES

JOB = {"job_type": "sdxl_image_fast", "prompt": "a red cat"}


def read(**fields: Any) -> QueueJobRequest:
    return QueueJobRequest.model_validate({**JOB, **fields})


def refused(**fields: Any) -> list[tuple[str, str]]:
    """Each field at fault, with what is said of it; ``body`` stands for fields that do not fit together."""
    with pytest.raises(ValidationError) as caught:
        read(**fields)
    return [(".".join(map(str, e["loc"])) or "body", e["msg"]) for e in caught.value.errors()]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("prompt", ["x", "x" * 1000, "日本語 🎨", "a\nb"]),
        ("original_prompt", ["x", "x" * 1000]),
        ("enhanced_prompt", ["x", "x" * 1000, ""]),
        ("negative_prompt", ["", "x" * 1000]),
        ("num_images", [1, 3, 6]),
        ("seed", [0, 1, SEED_LIMIT - 1]),
        ("steps", [1, 50]),
        ("guidance_scale", [1, 1.0, 7.5, 20]),
        ("scheduler", ["euler", "dpmpp_2m_karras"]),
        ("aspect_ratio", ["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3"]),
        ("content_mode", ["sfw", "nsfw"]),
        ("destination", ["workspace", "library"]),
        ("compel_enabled", [True, False]),
        ("compel_weights", ["(red:1.2)"]),
        ("reference_image_url", ["https://storage.example.com/reference.jpg", "user-library/u/a.png"]),
        ("start_reference_url", ["https://storage.example.com/start.jpg"]),
        ("end_reference_url", ["https://storage.example.com/end.jpg"]),
        ("reference_strength", [0, 0.5, 1]),
        ("reference_type", ["style", "composition", "character"]),
        ("reference_required", [True, False]),
        ("denoise_strength", [0, 1]),
        ("project_id", ["5f1f4c3e-8b1a-4f57-9d3c-2e6f7a8b9c0d"]),
        ("video_id", ["5f1f4c3e-8b1a-4f57-9d3c-2e6f7a8b9c0d"]),
        ("image_id", ["5f1f4c3e-8b1a-4f57-9d3c-2e6f7a8b9c0d"]),
        ("metadata", [{}, {"duration": 5, "camera_angle": "low"}]),
    ],
)
def test_a_field_takes_what_lies_inside_its_bounds(name: str, values: list[Any]) -> None:
    for value in values:
        found = getattr(read(**{name: value}), name)
        assert found == value if not name.endswith("_id") else str(found) == value


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("prompt", ["x" * 1001, 5, ["x"], {}]),
        ("original_prompt", ["x" * 1001, 5]),
        ("enhanced_prompt", ["x" * 1001, 5]),
        ("negative_prompt", ["x" * 1001, 5]),
        ("num_images", [0, -1, 2, 4, 7, 1000, 1.5, "3", "many", [3], True]),
        ("seed", [-1, SEED_LIMIT, 2**70, 1.5, "12", "random", True, [1]]),
        ("steps", [0, -1, 51, 1.5, "25", True]),
        ("guidance_scale", [0, 0.99, 20.01, -1, "7.5", True]),
        ("scheduler", ["Euler", "plms", "", 1]),
        ("width", [0, 15, 100, 4112, "1024", 64.5, True]),
        ("height", [0, 15, 100, 4112, "1024", 64.5, True]),
        ("aspect_ratio", ["21:9", "", "wide", 1]),
        ("content_mode", ["adult", "SFW", 1]),
        ("destination", ["elsewhere", 1]),
        ("compel_enabled", ["perhaps", 2, 1, "true", "yes"]),
        ("user_requested_enhancement", ["true", 1]),
        ("skip_enhancement", ["true", 1]),
        ("exact_copy_mode", ["true", 1]),
        ("reference_mode", ["style", True]),
        ("base_prompt", ["x" * 1001, True]),
        ("reference_fit", ["fill", 1]),
        ("frames", [0, 84, 1.5, "81", True]),
        ("compel_weights", ["x" * 1001, {"red": 1.2}]),
        ("reference_image_url", [5, ["https://a.test"]]),
        ("reference_strength", [-0.01, 1.01, "0.5", True]),
        ("reference_type", ["pose", 1]),
        ("denoise_strength", [-0.01, 1.01, "0.5"]),
        ("project_id", ["not a uuid", 5]),
        ("video_id", ["not a uuid"]),
        ("image_id", ["not a uuid"]),
        ("metadata", ["text", 5, ["list"], True, [], 0, False, ""]),
        ("config", ["text", 5, ["list"], [], 0, False, ""]),
    ],
)
def test_a_field_refuses_what_lies_outside_and_is_named(name: str, values: list[Any]) -> None:
    """Q15: numbers are checked, and nothing is rounded into another wish."""
    for value in values:
        assert {field.split(".")[0] for field, _ in refused(**{name: value})} == {name}, value


def test_a_null_counts_as_left_out() -> None:
    names = set(QueueJobRequest.model_fields) - {"job_type", "prompt"}
    assert read(**dict.fromkeys(names)) == read()


@pytest.mark.parametrize("job_type", [*JOB_TYPES, *ALIASES])
def test_every_job_type_and_alias_is_read(job_type: str) -> None:
    assert read(job_type=job_type).type.name == ALIASES.get(job_type, job_type)


@pytest.mark.parametrize(
    "job_type", ["", "flux", "SDXL_IMAGE_FAST", "sdxl_image_fast ", 5, None, ["sdxl_image_fast"], {}]
)
def test_any_other_job_type_is_refused_with_the_list_of_all(job_type: Any) -> None:
    ((field, message),) = refused(job_type=job_type)
    assert field == "job_type"
    assert all(name in message for name in (*JOB_TYPES, *ALIASES))


def test_a_missing_job_type_is_refused_with_the_list_of_all() -> None:
    with pytest.raises(ValidationError, match="sdxl_image_fast, sdxl_image_high"):
        QueueJobRequest.model_validate({"prompt": "a red cat"})


@pytest.mark.parametrize("prompt", ["", " ", "\n\t", None])
def test_a_prompt_without_a_word_is_refused(prompt: str | None) -> None:
    assert refused(prompt=prompt) == [("body", "Value error, prompt is empty: 1 to 1000 characters")]


@pytest.mark.parametrize("num_images", [3, 6])
def test_the_seed_leaves_room_for_every_image_of_the_batch(num_images: int) -> None:
    highest = SEED_LIMIT - num_images
    assert read(seed=highest, num_images=num_images).seed == highest
    ((field, message),) = refused(seed=highest + 1, num_images=num_images)
    assert field == "seed"
    assert str(highest) in message


@pytest.mark.parametrize("job_type", [name for name, found in JOB_TYPES.items() if found.quantities == (1,)])
def test_a_type_that_makes_one_thing_takes_no_batch(job_type: str) -> None:
    assert read(job_type=job_type, num_images=1).num_images == 1
    assert refused(job_type=job_type, num_images=3) == [("num_images", f"Value error, {job_type} takes 1")]


def test_a_wrong_job_type_is_not_blamed_on_the_quantity() -> None:
    assert [field for field, _ in refused(job_type="flux", num_images=3)] == ["job_type"]


class TestSize:
    def test_width_and_height_go_together(self) -> None:
        request = read(width=1216, height=832)
        assert (request.width, request.height) == (1216, 832)
        for alone in ({"width": 512}, {"height": 512}):
            assert refused(**alone) == [("body", "Value error, width and height go together")]

    def test_an_area_has_a_limit(self) -> None:
        assert read(width=1184, height=1264).width == 1184
        assert refused(width=1264, height=1264) == [("body", "Value error, width times height is more than 1572864")]

    @pytest.mark.parametrize(
        ("resolution", "size"),
        [("1024x1024", (1024, 1024)), ("480*832", (480, 832)), ("576x1024", (576, 1024))],
    )
    def test_a_resolution_is_read_as_width_and_height(self, resolution: str, size: tuple[int, int]) -> None:
        request = read(resolution=resolution)
        assert (request.width, request.height) == size

    def test_width_and_height_win_over_a_resolution(self) -> None:
        assert read(resolution="1024x1024", width=512, height=768).width == 512

    @pytest.mark.parametrize("resolution", ["large", "1024", "1024x", "1024 x 1024", "99999x99999", "", 1024, [1, 2]])
    def test_a_resolution_of_another_form_is_refused(self, resolution: Any) -> None:
        ((_, message),) = refused(resolution=resolution)
        assert message == "Value error, resolution: two numbers of pixels, such as 1024x1024"

    def test_a_resolution_is_held_to_the_bounds_of_a_size(self) -> None:
        assert {field for field, _ in refused(resolution="1000x1000")} == {"width", "height"}


class TestPrompts:
    @pytest.mark.parametrize(
        ("fields", "text", "enhanced"),
        [
            ({"prompt": "a cat"}, "a cat", None),
            ({"prompt": "", "original_prompt": "a cat"}, "a cat", None),
            ({"prompt": "a cat", "original_prompt": "a cat"}, "a cat", None),
            ({"prompt": "a fine cat", "original_prompt": "a cat"}, "a cat", "a fine cat"),
            ({"prompt": "a cat", "enhanced_prompt": "a fine cat"}, "a cat", "a fine cat"),
            ({"prompt": "a cat", "enhanced_prompt": "a cat"}, "a cat", None),
            ({"prompt": "a cat", "enhanced_prompt": " "}, "a cat", None),
        ],
    )
    def test_what_the_user_wrote_is_told_from_what_somebody_made_of_it(
        self, fields: dict[str, Any], text: str, enhanced: str | None
    ) -> None:
        request = read(**fields)
        assert (request.text, request.enhanced_text) == (text, enhanced)


def test_a_wish_in_words_is_none_and_its_details_do_not_pass_unseen() -> None:
    said = {"user_requested_enhancement": "true", "enhancement_type": "wild"}
    assert [field for field, _ in refused(metadata=said)] == ["user_requested_enhancement"]


def test_a_typed_client_may_send_every_spelling() -> None:
    schema = QueueJobRequest.model_json_schema()
    properties = schema["properties"]
    assert [option["required"] for option in schema["allOf"][0]["anyOf"]] == [["job_type"], ["jobType"], ["type"]]
    assert "required" not in schema
    assert {name for names in SPELLINGS.values() for name in names} | {"resolution", "config", "imageId"} <= set(
        properties
    )
    assert properties["numImages"]["enum"] == properties["num_images"]["enum"] == [1, 3, 6]
