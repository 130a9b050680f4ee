"""The bodies that each document describes and each part of the React client sends."""

from typing import Any

import pytest

from functions.queue_job.schema import QueueJobRequest

UUID = "5f1f4c3e-8b1a-4f57-9d3c-2e6f7a8b9c0d"
URL = "https://storage.example.com/reference.jpg"


def read(body: Any) -> dict[str, Any]:
    """The fields that the body sets, without the client's metadata."""
    request = QueueJobRequest.model_validate(body)
    return request.model_dump(mode="json", exclude_defaults=True, exclude={"metadata"})


DOCUMENTS = {
    "2025-08-16": (
        {
            "jobType": "wan_video_fast",
            "metadata": {
                "prompt": "a walk in the park",
                "bucket": "video_fast",
                "credits": 3,
                "queue": "wan_queue",
                "destination": "library",
                "session_name": "My session",
                "num_images": 1,
                "user_requested_enhancement": True,
                "reference_image": True,
                "reference_strength": 0.6,
                "reference_type": "character",
            },
            "projectId": UUID,
            "videoId": UUID,
            "imageId": UUID,
            "referenceImageUrl": URL,
            "startReferenceImageUrl": f"{URL}?start",
            "endReferenceImageUrl": f"{URL}?end",
        },
        {
            "job_type": "wan_video_fast",
            "prompt": "a walk in the park",
            "destination": "library",
            "reference_image_url": URL,
            "start_reference_url": f"{URL}?start",
            "end_reference_url": f"{URL}?end",
            "reference_strength": 0.6,
            "reference_type": "character",
            "user_requested_enhancement": True,
            "project_id": UUID,
            "video_id": UUID,
            "image_id": UUID,
        },
    ),
    "2025-07-16": (
        {
            "jobType": "sdxl_image_high",
            "metadata": {
                "prompt": "a garden",
                "num_images": 3,
                "seed": 123456789,
                "reference_image_url": URL,
                "reference_type": "style",
                "reference_strength": 0.7,
                "credits": 1,
            },
            "projectId": UUID,
        },
        {
            "job_type": "sdxl_image_high",
            "prompt": "a garden",
            "num_images": 3,
            "seed": 123456789,
            "reference_image_url": URL,
            "reference_type": "style",
            "reference_strength": 0.7,
            "project_id": UUID,
        },
    ),
    "2025-07-07": (
        {"jobType": "sdxl_image_fast", "metadata": {"prompt": "a garden", "credits": 1, "bucket": "sdxl_image_fast"}},
        {"job_type": "sdxl_image_fast", "prompt": "a garden"},
    ),
    "2025-01-27, numbers in config": (
        {
            "jobType": "sdxl_image_fast",
            "metadata": {"prompt": "a garden", "similarity_strength": 0.4, "negative_prompt": "blurry"},
            "config": {"num_images": 6, "seed": 0},
        },
        {
            "job_type": "sdxl_image_fast",
            "prompt": "a garden",
            "num_images": 6,
            "seed": 0,
            "reference_strength": 0.4,
            "negative_prompt": "blurry",
        },
    ),
    "2025-01-27, frames": (
        {
            "jobType": "video_fast",
            "metadata": {
                "prompt": "a walk",
                "start_reference_image_url": f"{URL}?start",
                "end_reference_image_url": f"{URL}?end",
            },
        },
        {
            "job_type": "video_fast",
            "prompt": "a walk",
            "start_reference_url": f"{URL}?start",
            "end_reference_url": f"{URL}?end",
        },
    ),
    "2025-07-30, frames in config": (
        {
            "job_type": "video_high",
            "prompt": "a walk",
            "config": {"first_frame": f"{URL}?start", "last_frame": f"{URL}?end", "image": URL},
            "metadata": {"start_reference_url": None},
        },
        {
            "job_type": "video_high",
            "prompt": "a walk",
            "reference_image_url": URL,
            "start_reference_url": f"{URL}?start",
            "end_reference_url": f"{URL}?end",
        },
    ),
}

CLIENTS = {
    "the main workspace": (
        {
            "job_type": "sdxl_image_high",
            "prompt": "a garden",
            "quality": "high",
            "model_type": "sdxl",
            "reference_image_url": URL,
            "reference_strength": 0.8,
            "seed": 0,
            "num_images": 3,
            "steps": 30,
            "guidance_scale": 7.5,
            "negative_prompt": "blurry",
            "denoise_strength": 0.2,
            "seed_locked": True,
            "compel_enabled": True,
            "compel_weights": "(garden:1.2)",
            "metadata": {
                "duration": 5,
                "motion_intensity": 0.5,
                "reference_image_url": f"{URL}?another",
                "aspect_ratio": "16:9",
                "shot_type": "wide",
                "contentType": "sfw",
                "enhancement_model": "none",
                "reference_mode": "modify",
                "reference_type": "character",
                "num_inference_steps": 10,
                "guidance_scale": 1.0,
                "exact_copy_mode": False,
                "start_reference_url": None,
                "reference_profile": {"lock_hair": True},
            },
        },
        {
            "job_type": "sdxl_image_high",
            "prompt": "a garden",
            "reference_image_url": URL,
            "reference_strength": 0.8,
            "reference_type": "character",
            "seed": 0,
            "num_images": 3,
            "steps": 30,
            "guidance_scale": 7.5,
            "negative_prompt": "blurry",
            "denoise_strength": 0.2,
            "compel_enabled": True,
            "compel_weights": "(garden:1.2)",
            "aspect_ratio": "16:9",
            "reference_mode": "modify",
        },
    ),
    "GenerationService": (
        {
            "prompt": "a fine garden",
            "original_prompt": "a garden",
            "job_type": "sdxl_image_fast",
            "quality": "fast",
            "format": "png",
            "model_type": "sdxl",
            "enhanced_prompt": "a fine garden",
            "num_images": 1,
            "reference_strength": None,
            "seed": None,
            "metadata": {"num_inference_steps": 20, "contentType": "nsfw"},
        },
        {
            "job_type": "sdxl_image_fast",
            "prompt": "a fine garden",
            "original_prompt": "a garden",
            "enhanced_prompt": "a fine garden",
            "steps": 20,
            "content_mode": "nsfw",
        },
    ),
    "useJobQueue": (
        {
            "original_prompt": "a garden",
            "job_type": "sdxl_image_fast",
            "quality": "fast",
            "format": "image",
            "metadata": {},
        },
        {"job_type": "sdxl_image_fast", "original_prompt": "a garden"},
    ),
    "MobileCharacterCard": (
        {
            "prompt": "a portrait",
            "job_type": "sdxl_image_fast",
            "metadata": {
                "destination": "character_portrait",
                "character_id": UUID,
                "content_type": "image",
                "update_character_image": True,
            },
        },
        {"job_type": "sdxl_image_fast", "prompt": "a portrait"},
    ),
    "MobileRoleplayChat": (
        {
            "prompt": "a scene",
            "job_type": "sdxl_image_fast",
            "metadata": {"destination": "roleplay_scene", "scene_id": UUID},
        },
        {"job_type": "sdxl_image_fast", "prompt": "a scene"},
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_s_body_is_read(name: str) -> None:
    body, expected = DOCUMENTS[name]
    assert read(body) == expected


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_s_body_is_read(name: str) -> None:
    body, expected = CLIENTS[name]
    assert read(body) == expected


@pytest.mark.parametrize("body", [case[0] for case in (*DOCUMENTS.values(), *CLIENTS.values())])
def test_the_client_s_own_metadata_is_kept_as_it_is(body: dict[str, Any]) -> None:
    own = {name: body[name] for name in ("quality", "format", "model_type", "seed_locked") if name in body}
    assert QueueJobRequest.model_validate(body).metadata == body["metadata"] | own


@pytest.mark.parametrize("place", ["body", "metadata", "config"])
def test_a_type_is_a_job_type_where_it_names_one(place: str) -> None:
    fields = {"type": "sdxl_image_high"} if place == "body" else {"type": "image", place: {"type": "sdxl_image_high"}}
    assert read({"prompt": "x", **fields})["job_type"] == "sdxl_image_high"
    assert read({"prompt": "x", "jobType": "sdxl_image_fast", **fields})["job_type"] == "sdxl_image_fast"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"seed": 1, "metadata": {"seed": 2}, "config": {"seed": 3}}, 1),
        ({"metadata": {"seed": 2}, "config": {"seed": 3}}, 2),
        ({"config": {"seed": 3}}, 3),
        ({"seed": 0, "metadata": {"seed": 2}}, 0),
        ({"seed": None, "metadata": {"seed": 2}}, 2),
    ],
)
def test_the_body_wins_over_its_metadata_and_that_over_its_config(body: dict[str, Any], expected: int) -> None:
    """Q15: a seed of 0 is a seed."""
    assert read({"job_type": "sdxl_image_fast", "prompt": "x", **body})["seed"] == expected


@pytest.mark.parametrize("spelling", ["reference_image_url", "referenceImageUrl", "reference_image", "image"])
@pytest.mark.parametrize("place", ["body", "metadata", "config"])
def test_a_reference_is_found_under_each_of_its_names(spelling: str, place: str) -> None:
    fields = {spelling: URL} if place == "body" else {place: {spelling: URL}}
    assert read({"job_type": "sdxl_image_fast", "prompt": "x", **fields})["reference_image_url"] == URL
