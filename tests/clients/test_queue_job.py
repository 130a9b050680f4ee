"""The bodies that the original's components send to queue-job, field by field."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.clients.conftest import Browser
from tests.fixtures.users import User

IMAGE = {
    "job_type": "sdxl_image_high",
    "prompt": "a garden with roses",
    "quality": "high",
    "model_type": "sdxl",
    "reference_image_url": None,
    "reference_strength": None,
    "seed": 42,
    "num_images": 3,
    "steps": 25,
    "guidance_scale": 7.5,
    "negative_prompt": "blurry",
    "denoise_strength": None,
    "seed_locked": True,
    "compel_enabled": True,
    "compel_weights": "(garden:1.2)",
    "metadata": {
        "duration": None,
        "motion_intensity": None,
        "start_reference_url": None,
        "end_reference_url": None,
        "reference_image_url": None,
        "aspect_ratio": "1:1",
        "shot_type": "wide",
        "camera_angle": "eye_level",
        "style": "painterly",
        "enhancement_model": "none",
        "contentType": "sfw",
        "user_requested_enhancement": False,
        "skip_enhancement": True,
        "reference_mode": None,
        "reference_type": "character",
        "exact_copy_mode": False,
        "lock_hair": False,
        "num_inference_steps": 25,
        "guidance_scale": 7.5,
        "denoise_strength": None,
        "negative_prompt": "blurry",
        "originalEnhancedPrompt": None,
        "reference_profile": {},
    },
}
VIDEO_METADATA = {**IMAGE["metadata"], "duration": 5, "motion_intensity": 0.5}  # type: ignore[dict-item]
BODIES: dict[str, dict[str, Any]] = {
    "useLibraryFirstWorkspace": IMAGE,
    "useLibraryFirstWorkspace, video": {
        **IMAGE,
        "job_type": "wan_video_fast",
        "quality": "fast",
        "model_type": "wan",
        "num_images": 1,
        "compel_enabled": False,
        "metadata": VIDEO_METADATA,
    },
    "GenerationService": {
        "prompt": "a fine garden",
        "original_prompt": "a garden",
        "job_type": "sdxl_image_fast",
        "quality": "fast",
        "format": "png",
        "model_type": "sdxl",
        "enhanced_prompt": "a fine garden",
        "num_images": 1,
        "reference_image_url": None,
        "reference_strength": None,
        "negative_prompt": "blurry",
        "steps": 15,
        "guidance_scale": 6.0,
        "denoise_strength": None,
        "seed": 7,
        "metadata": {"bucket": "sdxl_image_fast", "credits": 0},
    },
    "GenerationService, video": {
        "prompt": "a walk",
        "original_prompt": "a walk",
        "job_type": "video_high",
        "quality": "high",
        "format": "mp4",
        "model_type": "wan",
        "num_images": 1,
        "metadata": {},
    },
    "useJobQueue": {
        "original_prompt": "a garden",
        "job_type": "sdxl_image_fast",
        "quality": "fast",
        "format": "image",
        "metadata": {},
    },
    "MobileCharacterCard": {
        "prompt": "a portrait of a wizard",
        "job_type": "sdxl_image_fast",
        "metadata": {
            "destination": "character_portrait",
            "character_id": str(uuid4()),
            "character_name": "Merlin",
            "update_character_image": True,
        },
    },
    "MobileRoleplayChat": {
        "prompt": "a tavern at night",
        "job_type": "sdxl_image_fast",
        "metadata": {"destination": "roleplay_scene", "conversation_id": str(uuid4()), "scene_id": str(uuid4())},
    },
}
IMAGES = [name for name in BODIES if "video" not in name]
VIDEOS = [name for name in BODIES if "video" in name]


@pytest.fixture
async def answers(browser: Browser, user: User, owner: Any) -> AsyncIterator[dict[str, Any]]:
    """Of one run over all bodies. Jobs that nobody serves would fill their queue's window for other tests."""
    yield browser.run("queue_job.mjs", json.dumps(BODIES))
    await owner.execute("delete from jobs where user_id = $1", UUID(user.id))


async def test_every_component_s_body_is_accepted(answers: dict[str, Any], owner: Any, user: User) -> None:
    """F1: the id comes under both names, because three callers read the second."""
    for name in IMAGES:
        answer = answers[name]
        assert answer.get("success") is True, answer
        assert answer["jobId"] == answer["job_id"] == answer["job"]["id"]
        assert (answer["status"], answer["queueName"]) == ("queued", "sdxl_queue")
        assert answer["message"]
    jobs = {str(row["id"]): row for row in await owner.fetch("select * from jobs where user_id = $1", UUID(user.id))}
    assert set(jobs) == {answers[name]["jobId"] for name in IMAGES}

    for name in VIDEOS:
        answer = answers[name]
        assert (answer["name"], answer["status"], answer["code"]) == ("FunctionsHttpError", 503, "type_unavailable")
        assert answer["error"]

    workspace = jobs[answers["useLibraryFirstWorkspace"]["jobId"]]
    config = workspace["config"]
    assert (config["num_images"], config["seed"], workspace["destination"]) == (3, 42, "workspace")
    assert workspace["metadata"]["reference_profile"] == {}
    portrait = jobs[answers["MobileCharacterCard"]["jobId"]]
    assert portrait["destination"] == "workspace"
    assert portrait["metadata"]["character_name"] == "Merlin"
    service = jobs[answers["GenerationService"]["jobId"]]
    assert (service["original_prompt"], service["enhanced_prompt"]) == ("a garden", "a fine garden")
    assert service["metadata"]["credits"] == 1, "the price is ours"
