"""The callers that read ``data.job_id``: MobileRoleplayChat, and CharacterImageService for a portrait and a scene."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.clients.conftest import Browser

JOB: dict[str, Any] = {"prompt": "a red circle on a blue background", "job_type": "sdxl_image_fast", "steps": 2}
CHARACTER = {"character_id": str(uuid4()), "character_name": "Merlin"}
BODIES: dict[str, dict[str, Any]] = {
    "MobileRoleplayChat": {
        **JOB,
        "metadata": {"destination": "roleplay_scene", "conversation_id": str(uuid4()), "scene_id": str(uuid4())},
    },
    "CharacterImageService, portrait": {
        **JOB,
        "metadata": {**CHARACTER, "destination": "character_portrait", "update_character_image": True},
    },
    "CharacterImageService, scene": {**JOB, "metadata": {**CHARACTER, "destination": "character_scene"}},
    "ImageConsistencyService": {**JOB, "metadata": {"reference_mode": "modify", "consistency_method": "seed_locked"}},
}


@pytest.fixture(scope="module")
def seen(demo_browser: Browser) -> dict[str, Any]:
    answer: dict[str, Any] = demo_browser.run("job_id.mjs", json.dumps(BODIES))
    return answer


@pytest.mark.parametrize("caller", BODIES)
def test_the_caller_finds_its_job_and_its_picture(seen: dict[str, Any], caller: str) -> None:
    """F1: the id came as jobId alone, so scenes always failed and characters lost their pictures."""
    assert (seen[caller]["status"], seen[caller]["picture"]) == ("completed", [200, "image/png"])
    assert seen[caller]["answer"]["job_id"] == seen[caller]["answer"]["jobId"]


def test_no_url_is_told_before_there_is_a_picture(seen: dict[str, Any]) -> None:
    """F1: ImageConsistencyService read data.image_url, which no submission can know; the job has it in the end."""
    assert "image_url" not in seen["ImageConsistencyService"]["answer"]
