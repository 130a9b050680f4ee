"""A batch whose worker is killed in the middle, beside the same batch left in peace."""

import io
from signal import SIGKILL, SIGTERM
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.fixtures.live import Live

# Seconds an image on one core: the row tells of progress every 2 s, and the first image is delivered by then.
BATCH = {"num_images": 3, "steps": 50, "width": 176, "height": 176, "seed": 61}


@pytest.fixture(scope="module")
def resumed(live: Live) -> dict[str, Any]:
    job_id = live.submit(**BATCH)
    live.wait_until(job_id, lambda job: job["progress"] >= 40)
    live.process("gpu_handler.pull").send_signal(SIGKILL)
    return live.finish(job_id)


def test_only_the_missing_images_are_made_again(resumed: dict[str, Any]) -> None:
    assert (resumed["status"], resumed["attempts"]) == ("completed", 2)
    made_by = [asset["temp_storage_path"].rsplit("/", 1)[1].split("-")[0] for asset in resumed["assets"]]
    assert made_by[0] == "1"
    assert made_by[-1] == "2"


def test_every_pixel_is_the_uninterrupted_run_s(live: Live, resumed: dict[str, Any]) -> None:
    uninterrupted = live.finish(live.submit(**BATCH))

    assert uninterrupted["attempts"] == 1
    assert [_pixels(asset) for asset in resumed["assets"]] == [_pixels(asset) for asset in uninterrupted["assets"]]


def test_a_worker_told_to_stop_hands_the_batch_back_with_what_it_delivered(live: Live) -> None:
    job_id = live.submit(**BATCH)
    live.wait_until(job_id, lambda job: job["progress"] >= 40)
    live.process("gpu_handler.pull").send_signal(SIGTERM)

    # Not the end of a lease: the worker said so itself.
    assert live.wait_until(job_id, lambda job: job["error_code"] is not None)["error_code"] == "preempted"
    job = live.finish(job_id)
    assert (job["status"], job["attempts"], job["error_code"]) == ("completed", 2, None)
    made_by = [asset["temp_storage_path"].rsplit("/", 1)[1].split("-")[0] for asset in job["assets"]]
    assert (made_by[0], made_by[-1]) == ("1", "2")


def _pixels(asset: dict[str, Any]) -> bytes:
    with Image.open(io.BytesIO(httpx.get(asset["url"]).content)) as image:
        return image.tobytes()
