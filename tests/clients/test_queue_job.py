"""The bodies that the original's components send to queue-job, field by field."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.job_types import ALIASES, JOB_TYPES
from tests.clients.conftest import Caller, refusal
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
    "CharacterImageService": {
        "prompt": "a wizard in a library",
        "job_type": "sdxl_image_fast",
        "metadata": {"destination": "character_scene", "character_id": str(uuid4()), "scene_id": str(uuid4())},
    },
    "MobileRoleplayChat": {
        "prompt": "a tavern at night",
        "job_type": "sdxl_image_fast",
        "metadata": {"destination": "roleplay_scene", "conversation_id": str(uuid4()), "scene_id": str(uuid4())},
    },
}


@pytest.fixture
def answers(caller: Caller) -> dict[str, Any]:
    """Of one run over all bodies."""
    return caller.call(**{name: ("queue-job", {"body": body}) for name, body in BODIES.items()})


async def test_every_component_s_body_is_accepted(answers: dict[str, Any], owner: Any, user: User) -> None:
    """F1: the id comes under both names, because three callers read the second."""
    for name, body in BODIES.items():
        answer = answers[name]
        assert answer.get("success") is True, answer
        assert answer["jobId"] == answer["job_id"] == answer["job"]["id"]
        queue = f"{body.get('model_type', 'sdxl')}_queue"
        assert (answer["status"], answer["queueName"]) == ("queued", queue)
        assert answer["message"]
    jobs = {str(row["id"]): row for row in await owner.fetch("select * from jobs where user_id = $1", UUID(user.id))}
    assert set(jobs) == {answer["jobId"] for answer in answers.values()}

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


def test_formats_that_a_model_draws_are_told_from_unknown_ones(caller: Caller) -> None:
    """GenerationService. Of its formats the original refused image_*, image7b_* and video7b_* as unknown. Its rv51_*
    are Replicate's, which is not here."""
    drawn = [name for name in (*JOB_TYPES, *ALIASES) if name.startswith(("image", "video", "wan"))]
    unknown = ["rv51_fast", "rv51_high"]
    body = BODIES["GenerationService"]
    answers = caller.call(**{name: ("queue-job", {"body": {**body, "job_type": name}}) for name in (*drawn, *unknown)})
    assert {name: answers[name].get("status") for name in drawn} == dict.fromkeys(drawn, "queued")
    assert {refusal(answers[name]) for name in unknown} == {(400, "invalid_job_type")}
    assert all(name in answers["rv51_fast"]["error"] for name in ("sdxl_image_fast", *drawn))


async def test_an_exact_copy_with_the_page_s_canned_prompt_stays_an_exact_copy(
    caller: Caller, user: User, owner: Any
) -> None:
    """Q16: useLibraryFirstWorkspace sends words with every exact copy. The original took it for a change, told the
    worker that it was none, and had the words enhanced."""
    reference = f"user-library/{user.id}/mine.png"
    asked = {
        "exact_copy_mode": True,
        "reference_mode": "copy",
        "user_requested_enhancement": True,
        "reference_image_url": reference,
    }
    body = {
        **IMAGE,
        "prompt": "exact copy, same pose",
        "num_images": 1,
        "reference_image_url": reference,
        "denoise_strength": 0.05,
        "metadata": {**IMAGE["metadata"], **asked, "skip_enhancement": False, "enhancement_model": "qwen_instruct"},  # type: ignore[dict-item]
    }
    answer = caller.call(copy=("queue-job", {"body": body}))["copy"]

    job = dict(await owner.fetchrow("select * from jobs where id = $1", UUID(answer["jobId"])))
    assert (job["original_prompt"], job["enhanced_prompt"]) == ("exact copy, same pose", None)
    assert "enhancement" not in job["metadata"]
    assert (job["handed_out_at"] is not None, job["not_before"]) == (True, None), "it waits for no enhancement"
    assert asked.items() <= job["metadata"].items()


def test_functions_that_are_gone_answer_in_the_one_shape(caller: Caller) -> None:
    """F2: generate-content, which three components still call, was gone; delete-workspace-item was dead."""
    asked = {"prompt": "a garden", "enhancement_only": True, "jobType": "sdxl_image_high"}
    answers = caller.call(
        enhance=("generate-content", {"body": asked}),
        delete=("delete-workspace-item", {"body": {"item_id": str(uuid4()), "user_id": str(uuid4())}}),
    )
    assert [refusal(answer) for answer in answers.values()] == [(404, "not_found")] * 2
