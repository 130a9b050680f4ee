"""One job through every room, on real parts."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.fixtures.live import Live


@pytest.fixture(scope="module")
def job(live: Live) -> dict[str, Any]:
    """A finished batch of three."""
    return live.finish(live.submit(num_images=3, seed=41, destination="workspace"))


def test_a_job_ends_completed_with_one_asset_for_each_image(job: dict[str, Any]) -> None:
    assert job["status"] == "completed"
    assert [asset["asset_index"] for asset in job["assets"]] == [0, 1, 2]
    assert job["progress"] == 100


def test_each_asset_is_a_png_of_the_stated_size(job: dict[str, Any]) -> None:
    for asset in job["assets"]:
        content = httpx.get(asset["url"]).content
        with Image.open(io.BytesIO(content)) as image:
            assert image.format == "PNG"
            assert image.size == (asset["width"], asset["height"]) == (64, 64)
        assert asset["file_size_bytes"] == len(content)


def test_each_thumbnail_is_a_webp(job: dict[str, Any]) -> None:
    for asset in job["assets"]:
        with Image.open(io.BytesIO(httpx.get(asset["thumbnail_url"]).content)) as image:
            assert image.format == "WEBP"
            assert max(image.size) <= 256


def test_the_images_of_a_batch_differ_and_name_their_seeds(job: dict[str, Any]) -> None:
    contents = {httpx.get(asset["url"]).content for asset in job["assets"]}
    assert len(contents) == 3
    assert [asset["generation_seed"] for asset in job["assets"]] == [41, 42, 43]


def test_the_assets_name_the_model_that_really_made_them(job: dict[str, Any]) -> None:
    assert {asset["model_used"] for asset in job["assets"]} == {"sdxl_shapes"}


def test_the_objects_lie_in_the_job_s_folder_under_the_attempt_s_number(job: dict[str, Any]) -> None:
    paths = [asset["temp_storage_path"] for asset in job["assets"]]
    assert paths == [f"{job['user_id']}/{job['id']}/1-{index}.png" for index in range(3)]


def test_the_worker_s_word_is_kept_under_a_key_of_its_own(job: dict[str, Any]) -> None:
    assert job["metadata"]["worker"]["num_images"] == 3
    assert job["metadata"]["num_images"] == 3


def test_the_same_seed_gives_the_same_pixels(live: Live, job: dict[str, Any]) -> None:
    again = live.finish(live.submit(seed=42))
    first, second = job["assets"][1], again["assets"][0]
    assert httpx.get(first["url"]).status_code == 200
    assert _pixels(first["url"]) == _pixels(second["url"])


def test_another_prompt_gives_other_pixels(live: Live, job: dict[str, Any]) -> None:
    other = live.finish(live.submit(seed=41, prompt="a green square on a white background"))
    assert _pixels(other["assets"][0]["url"]) != _pixels(job["assets"][0]["url"])


def _pixels(url: str) -> bytes:
    with Image.open(io.BytesIO(httpx.get(url).content)) as image:
        return image.tobytes()
