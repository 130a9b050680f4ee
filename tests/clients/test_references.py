"""A reference picture through ``functions.invoke``: a form with a real file. ReferenceImageManager of the original
uploaded to the bucket itself, beside its own folder, and was refused."""

import base64
import json
from typing import Any

import pytest

from tests.clients.conftest import Browser, refusal
from tests.fixtures.pictures import png
from tests.fixtures.users import User

JOB = {"job_type": "sdxl_image_fast", "prompt": "a red circle", "reference_strength": 0.5}


@pytest.fixture
def seen(browser: Browser) -> dict[str, Any]:
    answer: dict[str, Any] = browser.run("references.mjs", base64.b64encode(png((24, 16))).decode(), json.dumps(JOB))
    return answer


async def test_a_picture_is_uploaded_shown_drawn_by_listed_and_deleted(seen: dict[str, Any], user: User) -> None:
    """Q14, K11: what the job keeps is a place, and no URL that runs out."""
    uploaded = seen["uploaded"]
    assert (uploaded["width"], uploaded["height"], uploaded["content_type"]) == (24, 16, "image/png")
    assert (uploaded["reference_type"], uploaded["name"]) == ("character", "Mine")
    assert uploaded["path"].startswith(f"{user.id}/")
    assert seen["again"]["path"] == uploaded["path"]
    assert seen["shown"] == [200, "image/png"]

    kept = seen["submitted"]["job"]["metadata"]["reference_image_url"]
    assert kept == f"reference_images/{uploaded['path']}"
    for listed in (seen["listed"], seen["posted"]):
        assert [reference["path"] for reference in listed["references"]] == [uploaded["path"]]
        assert listed["used_bytes"] == uploaded["size_bytes"]
    assert seen["removed"] == {"success": True, "path": uploaded["path"]}


async def test_what_is_no_picture_is_refused(seen: dict[str, Any]) -> None:
    found = {name: refusal(answer) for name, answer in seen["refused"].items()}
    assert found == {
        "noPicture": (415, "unsupported_media_type"),
        "noForm": (415, "unsupported_media_type"),
        "removedAgain": (404, "not_found"),
    }
    assert seen["refused"]["noPicture"]["referenceImageError"] is True
