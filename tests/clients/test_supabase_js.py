"""The official JavaScript client plays the main job."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.live import Live

SCRIPT = Path(__file__).parent / "main_job.mjs"


@pytest.fixture(scope="module", params=["SUPABASE_PUBLISHABLE_KEY", "SUPABASE_ANON_KEY"])
def seen(live: Live, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the script saw, with a key of either family."""
    node = shutil.which("node")
    assert node is not None, "node is part of the setup"
    env = live.project.public_env()
    result = subprocess.run([node, str(SCRIPT)], env={**env, "KEY": env[request.param]}, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
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
