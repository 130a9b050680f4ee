"""The original's channels, while a worker serves a job."""

import json
from typing import Any

import pytest

from tests.clients.conftest import Browser

JOB = {"job_type": "sdxl_image_fast", "prompt": "a red circle on a blue background", "steps": 2}


@pytest.fixture(scope="module")
def watched(demo_browser: Browser) -> dict[str, Any]:
    """Of one job from its submission until its asset was saved and discarded."""
    answer: dict[str, Any] = demo_browser.run("realtime.mjs", json.dumps(JOB))
    return answer


def test_the_workspace_hears_of_its_assets_coming_and_going(watched: dict[str, Any]) -> None:
    came, went = watched["seen"]["workspace-assets-realtime"]
    assert (came["event"], came["new"]["id"], came["new"]["job_id"]) == ("INSERT", watched["assetId"], watched["jobId"])
    assert came["new"]["temp_storage_path"]
    assert (went["event"], went["old"]["id"]) == ("DELETE", watched["assetId"])


def test_without_a_filter_it_hears_the_same(watched: dict[str, Any]) -> None:
    (came,) = watched["seen"]["workspace-realtime"]
    assert came["new"]["id"] == watched["assetId"]


@pytest.mark.parametrize("channel", ["jobs-realtime", "job-status-updates"])
def test_a_job_s_end_is_heard(watched: dict[str, Any], channel: str) -> None:
    changes = watched["seen"][channel]
    assert {change["new"]["id"] for change in changes} == {watched["jobId"]}
    assert changes[-1]["new"]["status"] == "completed"
    assert changes[-1]["new"]["progress"] == 1


def test_the_seed_s_subscription_to_jobs_hears_every_stage(watched: dict[str, Any]) -> None:
    statuses = [change["new"]["status"] for change in watched["seen"]["jobs"]]
    assert list(dict.fromkeys(statuses)) == ["queued", "processing", "completed"]


def test_the_library_hears_of_a_save_and_of_a_change(watched: dict[str, Any]) -> None:
    saved, changed = watched["seen"]["library"]
    assert (saved["event"], saved["new"]["id"]) == ("INSERT", watched["libraryAssetId"])
    assert (changed["event"], changed["new"]["is_favorite"], changed["old"]["is_favorite"]) == ("UPDATE", True, False)


@pytest.mark.parametrize("channel", ["character-image-updates", "worker-status-updates", "workspace_items"])
def test_what_never_fired_is_told_so_and_breaks_nothing(watched: dict[str, Any], channel: str) -> None:
    assert watched["seen"][channel] == []
    said = watched["systems"][channel]
    assert (said["status"], said["extension"]) == ("error", "postgres_changes")


def test_all_other_channels_are_told_that_they_listen(watched: dict[str, Any]) -> None:
    working = {name for name, said in watched["systems"].items() if said["status"] == "ok"}
    assert working == {
        "workspace-assets-realtime",
        "workspace-realtime",
        "jobs-realtime",
        "jobs",
        "library",
        "job-status-updates",
    }
