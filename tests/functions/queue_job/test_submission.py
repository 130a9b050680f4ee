"""From a request to the row that is inserted."""

from typing import Any

import pytest

from functions.edge.errors import ApiError
from functions.queue_job import submission
from functions.queue_job.schema import QueueJobRequest
from shared.errors import ErrorCode
from shared.job_types import JOB_TYPES
from shared.model_variants import MODEL_SETS, ModelVariant

BIG = ModelVariant("sdxl_base_1_0", 1024, 1024)
SMALL = ModelVariant("sdxl_shapes", 64, 64)
PROJECT = "5f1f4c3e-8b1a-4f57-9d3c-2e6f7a8b9c0d"


def request(**fields: Any) -> QueueJobRequest:
    return QueueJobRequest.model_validate({"job_type": "sdxl_image_fast", "prompt": "a red cat", **fields})


def columns(variant: ModelVariant = BIG, **fields: Any) -> dict[str, Any]:
    return submission.job_columns(request(**fields), variant)


@pytest.mark.parametrize("name", [name for name, found in JOB_TYPES.items() if found.format != "text"])
def test_what_a_request_leaves_out_comes_from_its_job_type(name: str) -> None:
    job_type = JOB_TYPES[name]
    row = columns(job_type=name)
    assert row["config"] == {
        "num_images": 1,
        "num_inference_steps": job_type.steps,
        "guidance_scale": job_type.guidance_scale,
        "width": 1024,
        "height": 1024,
        "content_mode": "sfw",
        **({"frames": 81} if job_type.format == "video" else {}),
    }
    assert {key: row[key] for key in ("job_type", "queue", "format", "quality", "model_type")} == {
        "job_type": name,
        "queue": job_type.queue,
        "format": job_type.format,
        "quality": job_type.quality,
        "model_type": job_type.family,
    }
    assert (row["output_type"], row["output_byte_limit"]) == (job_type.content_type, job_type.byte_limit)
    assert row["expected_run_seconds"] == job_type.expected_seconds


def test_what_a_request_says_wins() -> None:
    config = columns(num_images=3, steps=40, guidance_scale=9, width=512, height=768, content_mode="nsfw", seed=5)[
        "config"
    ]
    assert config == {
        "num_images": 3,
        "num_inference_steps": 40,
        "guidance_scale": 9,
        "width": 512,
        "height": 768,
        "content_mode": "nsfw",
        "seed": 5,
    }


@pytest.mark.parametrize(("asked", "made"), [(1, 1), (4, 1), (5, 5), (80, 77), (83, 81)])
@pytest.mark.parametrize("name", ["frames", "num_frames", "frame_num"])
def test_a_video_has_as_many_frames_as_wan_can_make_of_those_asked_for(name: str, asked: int, made: int) -> None:
    assert columns(job_type="video_fast", config={name: asked})["config"]["frames"] == made
    assert "frames" not in columns(**{name: asked})["config"]


def test_what_is_said_of_a_copy_or_a_change_is_stored_as_it_was_read() -> None:
    metadata = {"exact_copy_mode": True, "reference_mode": "copy", "base_prompt": "a dog", "mine": 1}
    said = {"exactCopyMode": False, "referenceMode": "modify", "originalEnhancedPrompt": "a blue dog"}
    stored = columns(metadata=metadata, **said)["metadata"]
    assert {"exact_copy_mode": False, "reference_mode": "modify", "mine": 1}.items() <= stored.items()
    assert stored["base_prompt"] == "a blue dog"


def test_a_seed_of_zero_is_kept_and_a_missing_one_is_left_to_the_database() -> None:
    """Q15: a seed of 0 is a seed."""
    assert columns(seed=0)["config"]["seed"] == 0
    assert "seed" not in columns()["config"]


@pytest.mark.parametrize(
    ("aspect_ratio", "size"),
    [
        ("1:1", (1024, 1024)),
        ("16:9", (1024, 576)),
        ("9:16", (576, 1024)),
        ("4:3", (1024, 768)),
        ("3:4", (768, 1024)),
        ("3:2", (1024, 688)),
        ("2:3", (688, 1024)),
        (None, (1024, 1024)),
    ],
)
def test_an_aspect_ratio_cuts_the_model_s_own_size(aspect_ratio: str | None, size: tuple[int, int]) -> None:
    """Q17: an aspect ratio is not accepted and then forgotten."""
    config = columns(aspect_ratio=aspect_ratio)["config"]
    assert (config["width"], config["height"]) == size


def test_a_small_model_draws_at_its_own_size() -> None:
    assert submission.size_of(request(), SMALL) == (64, 64)
    assert submission.size_of(request(aspect_ratio="16:9"), SMALL) == (64, 32)


def test_a_size_that_is_asked_for_wins_over_an_aspect_ratio() -> None:
    assert submission.size_of(request(resolution="512x768", aspect_ratio="16:9"), BIG) == (512, 768)


def test_an_alias_is_stored_under_the_type_s_own_name() -> None:
    assert columns(job_type="wan_video_fast")["job_type"] == "video_fast"


def test_the_metadata_is_the_documents_and_the_client_s_own() -> None:
    row = columns(negative_prompt="blurry", num_images=3, metadata={"camera_angle": "low", "bucket": "mine"})
    assert row["metadata"] == {
        "camera_angle": "low",
        "bucket": "mine",
        "model_variant": "sdxl_base_1_0",
        "queue": "sdxl_queue",
        "negative_prompt": "blurry",
        "negative_prompt_groups": [],
        "user_negative_prompt": "blurry",
        "compel_enabled": False,
        "compel_weights": None,
        "num_images": 3,
        "expected_generation_time": 25,
        "content_type": "image",
        "file_extension": "png",
        "dual_worker_routing": True,
        "negative_prompt_supported": True,
        "edge_function_version": submission.EDGE_FUNCTION_VERSION,
        "destination": "workspace",
    }


def test_a_client_s_metadata_cannot_overwrite_what_the_server_says() -> None:
    """K13: what the server answers for, it says last."""
    theirs = {name: "theirs" for name in columns()["metadata"] if name not in ("destination", "num_images")}
    assert (
        columns(metadata={**theirs, "content_type": "image", "compel_enabled": False})["metadata"]
        == (columns(negative_prompt="theirs", compel_weights="theirs")["metadata"])
    )


def test_the_destination_is_a_column_of_its_own() -> None:
    """Q18: the place that the client names is not lost in the metadata."""
    assert columns(metadata={"destination": "library"})["destination"] == "library"
    assert columns()["destination"] == "workspace"


def test_a_place_of_another_feature_is_no_destination() -> None:
    """K10: no metadata of a client's makes the server write to what it names."""
    row = columns(metadata={"destination": "character_portrait"})
    assert row["destination"] == row["metadata"]["destination"] == "workspace"


def test_the_ids_of_other_rows_are_stored_as_text() -> None:
    row = columns(projectId=PROJECT, videoId=PROJECT, imageId=PROJECT)
    assert row["project_id"] == row["video_id"] == row["image_id"] == PROJECT


def test_only_a_prompt_that_differs_counts_as_enhanced() -> None:
    assert columns(prompt="a cat", original_prompt="a cat")["enhanced_prompt"] is None
    row = columns(prompt="a fine cat", original_prompt="a cat")
    assert (row["original_prompt"], row["enhanced_prompt"]) == ("a cat", "a fine cat")


class TestVariant:
    @pytest.mark.parametrize("models", MODEL_SETS)
    def test_it_is_the_entry_that_will_really_serve(self, models: str) -> None:
        """P9: a demo model is never passed off as the real one."""
        assert submission.variant_for(request(), models) == MODEL_SETS[models]["sdxl"]

    @pytest.mark.parametrize("name", [name for name, found in JOB_TYPES.items() if found.family != "sdxl"])
    def test_a_type_that_no_generator_serves_is_unavailable(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(submission, "MODEL_SETS", {"default": {"sdxl": MODEL_SETS["default"]["sdxl"]}})
        with pytest.raises(ApiError, match=name) as caught:
            submission.variant_for(request(job_type=name), "default")
        assert caught.value.code is ErrorCode.TYPE_UNAVAILABLE
        assert caught.value.details == "served families: sdxl"

    def test_a_video_is_drawn_by_the_video_model(self) -> None:
        assert submission.variant_for(request(job_type="video_fast"), "demo").name == "wan_shapes"


class TestContent:
    @pytest.mark.parametrize("place", ["prompt", "original_prompt", "enhanced_prompt", "compel_weights"])
    def test_each_prompt_is_read(self, place: str) -> None:
        with pytest.raises(ApiError) as caught:
            submission.check_content(request(**{place: "explicit hardcore porn"}), "forbidden")
        assert caught.value.code is ErrorCode.CONTENT_POLICY
        assert caught.value.details == "reason: explicit_in_sfw"

    def test_a_refusal_never_quotes_the_prompt(self) -> None:
        with pytest.raises(ApiError) as caught:
            submission.check_content(request(prompt="explicit hardcore porn of a lighthouse"), "forbidden")
        assert "lighthouse" not in f"{caught.value.message} {caught.value.details}"

    def test_a_negative_prompt_names_what_is_not_wanted(self) -> None:
        submission.check_content(request(negative_prompt="porn, nude"), "forbidden")

    def test_a_harmless_prompt_passes(self) -> None:
        submission.check_content(request(), "forbidden")

    def test_a_text_that_stands_in_several_fields_is_read_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        read: list[str] = []
        monkeypatch.setattr("shared.content_policy.check", lambda texts, content_mode: read.extend(texts))  # noqa: ARG005
        submission.check_content(request(prompt="a cat", original_prompt="a cat", compel_weights="fur"), "forbidden")
        assert read == ["a cat, fur", "a cat", "fur"]

    def test_what_prompt_and_terms_say_together_is_refused(self) -> None:
        drawn = request(prompt="nude girl", compel_weights="a, 12, a, years old", content_mode="nsfw")
        with pytest.raises(ApiError, match="minors"):
            submission.check_content(drawn, "verified")

    def test_where_adult_content_is_forbidden_its_mode_is_refused(self) -> None:
        with pytest.raises(ApiError) as caught:
            submission.check_content(request(content_mode="nsfw"), "forbidden")
        assert caught.value.code is ErrorCode.ADULT_NOT_VERIFIED

    def test_where_it_is_allowed_an_explicit_prompt_passes_in_its_mode_only(self) -> None:
        submission.check_content(request(prompt="explicit porn", content_mode="nsfw"), "verified")
        with pytest.raises(ApiError):
            submission.check_content(request(prompt="explicit porn"), "verified")


class TestRequestHash:
    def test_the_same_wish_in_another_spelling_is_the_same(self) -> None:
        one = QueueJobRequest.model_validate({"jobType": "sdxl_image_fast", "metadata": {"prompt": "x", "seed": 1}})
        other = QueueJobRequest.model_validate(
            {"job_type": "sdxl_image_fast", "prompt": "x", "seed": 1, "metadata": {"prompt": "x", "seed": 1}}
        )
        assert submission.request_hash(one) == submission.request_hash(other)

    @pytest.mark.parametrize("change", [{"prompt": "y"}, {"seed": 2}, {"metadata": {"a": 1}}, {"num_images": 3}])
    def test_another_wish_is_another(self, change: dict[str, Any]) -> None:
        assert submission.request_hash(request()) != submission.request_hash(request(**change))
