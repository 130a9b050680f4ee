"""Pictures that jobs refer to, from the upload to the pixels, and an asset drawn again from its row."""

import io
import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.fixtures.live import Live
from tools.replay.__main__ import main as replay

BLUE = (40, 70, 215)


@pytest.fixture(scope="module")
def reference(live: Live) -> str:
    """A yellow square on blue, uploaded."""
    picture = Image.new("RGB", (64, 64), BLUE)
    picture.paste((245, 215, 40), (8, 20, 32, 44))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    answer = live.user.post("/functions/v1/upload-reference", files={"file": buffer.getvalue()})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["reference_image_url"])


def made(live: Live, **fields: Any) -> dict[str, Any]:
    job = live.finish(live.submit(seed=5, **fields))
    assert job["status"] == "completed", job
    return job


def pixels(job: dict[str, Any]) -> Any:
    return np.asarray(Image.open(io.BytesIO(httpx.get(job["assets"][0]["url"]).content))).astype(float)


def test_an_exact_copy_comes_back_as_it_was_uploaded(live: Live, reference: str) -> None:
    job = made(live, reference_image_url=reference, exact_copy_mode=True)

    assert (pixels(job)[5, 5] == BLUE).all()
    assert job["assets"][0]["generation_settings"]["reference_mode"] == "exact_copy"


def test_a_change_starts_from_the_picture(live: Live, reference: str) -> None:
    little = made(live, prompt="a pink star", steps=15, reference_image_url=reference, denoise_strength=0.4)
    without = made(live, prompt="a pink star", steps=15)

    assert np.abs(pixels(little)[2, 60] - BLUE).mean() < 40
    assert np.abs(pixels(without) - pixels(little)).mean() > 10
    assert little["assets"][0]["generation_settings"]["reference_used"] is True


def test_a_type_that_the_demo_has_no_layers_for_is_told_in_the_job_s_warnings(live: Live, reference: str) -> None:
    job = made(live, reference_image_url=reference, reference_type="style")

    assert any("no layers for style" in warning for warning in job["warnings"])
    assert job["assets"][0]["generation_settings"]["reference_used"] is False


def test_a_required_reference_that_cannot_be_used_fails_and_is_paid_back(live: Live, reference: str) -> None:
    job = live.finish(live.submit(reference_image_url=reference, reference_type="style", reference_required=True))

    assert (job["status"], job["error_code"]) == ("failed", "bad_input")
    assert "no layers for style" in job["error"]


def test_a_start_frame_begins_the_video(live: Live, reference: str) -> None:
    video = {"job_type": "video_fast", "frames": 9, "steps": 3}
    started = made(live, start_reference_url=reference, reference_strength=1, **video)

    assert started["assets"][0]["generation_settings"]["reference_mode"] == "start"
    assert started["assets"][0]["generation_settings"]["reference_strength"] == 1
    plain = made(live, **video)
    assert httpx.get(started["assets"][0]["url"]).content != httpx.get(plain["assets"][0]["url"]).content


def test_an_asset_s_row_is_enough_to_draw_it_again(live: Live, reference: str, tmp_path: Path) -> None:
    job = made(
        live, steps=6, prompt="a green ring", negative_prompt="red", denoise_strength=0.7, reference_image_url=reference
    )
    row, given, again = (tmp_path / name for name in ("asset.json", "given.png", "again.png"))
    row.write_text(json.dumps(job["assets"][0]))
    copy = made(live, reference_image_url=reference, exact_copy_mode=True)
    given.write_bytes(httpx.get(copy["assets"][0]["url"]).content)

    assert replay([str(row), str(again), "--reference", str(given)]) == 0
    assert (np.asarray(Image.open(again)).astype(float) == pixels(job)).all()
