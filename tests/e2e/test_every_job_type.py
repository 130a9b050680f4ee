"""Every job type of the table through every room, on the demo's models."""

import io
from typing import Any

import av
import httpx
import pytest
from PIL import Image

from shared.job_types import ALIASES, JOB_TYPES
from tests.fixtures.live import Live

PICTURES = [name for name, kind in JOB_TYPES.items() if kind.format == "image"]
VIDEOS = [name for name, kind in JOB_TYPES.items() if kind.format == "video"]
TEXTS = [name for name, kind in JOB_TYPES.items() if kind.format == "text"]
SHORT = {"steps": 2, "frames": 9}


@pytest.fixture(scope="module")
def jobs(live: Live) -> dict[str, dict[str, Any]]:
    """One of each type, ended."""
    asked = {name: live.submit(job_type=name, seed=5) for name in PICTURES}
    asked |= {name: live.submit(job_type=name, seed=5, **SHORT) for name in (*VIDEOS, *ALIASES)}
    return {name: live.finish(job_id) for name, job_id in asked.items()}


def content(job: dict[str, Any], name: str = "url") -> bytes:
    (asset,) = job["assets"]
    return httpx.get(asset[name]).content


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_type_ends_with_one_png(jobs: dict[str, Any], name: str) -> None:
    job = jobs[name]
    assert job["status"] == "completed", job
    with Image.open(io.BytesIO(content(job))) as image:
        assert (image.format, image.size) == ("PNG", (64, 64))
    assert job["assets"][0]["asset_type"] == "image"


@pytest.mark.parametrize("name", [*VIDEOS, *ALIASES])
def test_a_video_type_ends_with_one_mp4_of_what_was_asked(jobs: dict[str, Any], name: str) -> None:
    job = jobs[name]
    assert job["status"] == "completed", job
    (asset,) = job["assets"]
    with av.open(io.BytesIO(content(job)), "r") as container:
        stream = container.streams.video[0]
        frames = [frame.to_image().size for frame in container.decode(stream)]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == 16
    assert frames == [(64, 64)] * 9
    assert (asset["asset_type"], asset["mime_type"]) == ("video", "video/mp4")
    assert float(asset["duration_seconds"]) == pytest.approx(9 / 16, abs=0.001)
    with Image.open(io.BytesIO(content(job, "thumbnail_url"))) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (64, 64))


@pytest.mark.parametrize("name", [name for name, kind in JOB_TYPES.items() if kind.enhanced])
def test_an_enhanced_type_was_asked_of_the_language_model_first(jobs: dict[str, Any], name: str) -> None:
    """Whether or not its answer could be used: the time, the model and the outcome are told."""
    told = jobs[name]["metadata"]["worker"]
    assert told["enhancement_model"] == "qwen2_shapes"
    assert told["enhancement_time"] > 0
    assert told["stage_seconds"]["enhancing"] > 0
    drawn = jobs[name]["assets"][0]["generation_settings"]["prompt"]
    if told["enhancement_success"]:
        assert drawn == told["enhanced_prompt"] == jobs[name]["enhanced_prompt"]
    else:
        assert drawn == jobs[name]["original_prompt"]


def test_what_was_looked_at_before_it_was_shown_says_so(jobs: dict[str, Any]) -> None:
    for name in (*PICTURES, *VIDEOS):
        (asset,) = jobs[name]["assets"]
        assert 0 <= asset["generation_settings"]["nudity_score"] < 0.8


def test_the_models_that_made_them_are_named(jobs: dict[str, Any]) -> None:
    made = {name: job["assets"][0]["model_used"] for name, job in jobs.items()}
    assert made == {name: "sdxl_shapes" if name.startswith("sdxl") else "wan_shapes" for name in jobs}


@pytest.mark.parametrize("name", ["chat_conversation", "chat_enhance"])
def test_a_text_type_ends_with_text_and_no_asset(live: Live, name: str) -> None:
    job = live.finish(live.submit(job_type=name, prompt="a red circle", seed=5, steps=None, max_tokens=12))
    assert job["status"] == "completed", job
    assert job["assets"] == []
    assert isinstance(job["result"]["text"], str)
    assert job["metadata"]["worker"]["model_variant"] == "qwen2_shapes"


def test_chat_types_for_others_are_refused(live: Live) -> None:
    for name, code in (("chat_unrestricted", "adult_not_verified"), ("admin_utilities", "forbidden")):
        answer = live.user.post("/functions/v1/queue-job", json={"job_type": name, "prompt": "hello"})
        assert (answer.status_code, answer.json()["code"]) == (403, code)
