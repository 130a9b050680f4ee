"""The official JavaScript client plays the main job."""

from typing import Any

import pytest

from tests.clients.conftest import Browser


@pytest.fixture(scope="module", params=["SUPABASE_PUBLISHABLE_KEY", "SUPABASE_ANON_KEY"])
def seen(demo_browser: Browser, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the script saw, with a key of either family."""
    answer: dict[str, Any] = demo_browser.run("main_job.mjs", key=request.param)
    return answer


def test_the_job_is_completed(seen: dict[str, Any]) -> None:
    assert seen["status"] == "completed"


def test_every_asset_s_file_is_a_png_of_the_stated_length(seen: dict[str, Any]) -> None:
    assert [file["index"] for file in seen["files"]] == [0, 1, 2]
    for file in seen["files"]:
        assert file["type"] == "image/png"
        assert file["bytes"] == file["stated"]


def test_signed_urls_reach_the_files(seen: dict[str, Any]) -> None:
    assert seen["reached"] == [200, 200, 200]


def test_a_refused_submission_can_be_read_from_the_error_s_context(seen: dict[str, Any]) -> None:
    assert seen["error"]["name"] == "FunctionsHttpError"
    assert seen["error"]["status"] == 400
    assert seen["error"]["code"] == "invalid_request"
    assert "prompt" in seen["error"]["error"]
