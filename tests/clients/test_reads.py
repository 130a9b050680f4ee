"""Jobs, assets and queues through ``functions.invoke``, in place of the original's own reads and deletes."""

from typing import Any
from uuid import uuid4

import pytest

from devstack.project import Project
from tests.clients.conftest import Caller, refusal
from tests.clients.results import finish_job
from tests.fixtures.lifecycle import Line
from tests.fixtures.users import User


@pytest.fixture
async def job(project: Project, line: Line, user: User) -> tuple[str, list[str]]:
    """A completed job of three images, and its assets' ids."""
    return await finish_job(project, line, user, images=3)


async def test_a_job_and_all_jobs_are_read_with_their_assets(caller: Caller, job: tuple[str, list[str]]) -> None:
    """useJobStatus: the job, then its assets, by one call in place of up to four."""
    job_id, assets = job
    answers = caller.call(
        one=("jobs", {"body": {"jobId": job_id}}),
        same=(f"jobs/{job_id}", {"method": "GET"}),
        all=("jobs", {"body": {}}),
        completed=("jobs?status=completed&limit=1", {"method": "GET"}),
        failed=("jobs", {"body": {"status": "failed"}}),
        unknown=("jobs", {"body": {"job_id": str(uuid4())}}),
        wrong=("jobs", {"body": {"status": "done"}}),
    )
    for name in ("one", "same"):
        found = answers[name]["job"]
        assert (found["id"], found["status"], found["progress"]) == (job_id, "completed", 100)
        assert [asset["id"] for asset in found["assets"]] == assets
        assert all(asset["url"] for asset in found["assets"])
    assert [[found["id"] for found in answers[name]["jobs"]] for name in ("all", "completed", "failed")] == [
        [job_id],
        [job_id],
        [],
    ]
    assert refusal(answers["unknown"]) == (404, "not_found")
    assert refusal(answers["wrong"]) == (400, "invalid_request")
    assert "completed" in answers["wrong"]["error"]


async def test_assets_are_listed_page_by_page_and_deleted_with_their_files(
    caller: Caller, owner: Any, user: User, job: tuple[str, list[str]]
) -> None:
    """W7: AssetService.deleteAsset removed the object first, and forgot the thumbnail."""
    _, assets = job
    first = caller.call(page=("assets", {"body": {"source": "workspace", "limit": 2}}))["page"]
    answers = caller.call(
        rest=(f"assets?source=workspace&limit=2&cursor={first['nextCursor']}", {"method": "GET"}),
        library=("assets", {"body": {"source": "library"}}),
        one=(f"assets/{assets[0]}", {"method": "GET"}),
        delete=(f"assets/{assets[0]}", {"method": "DELETE"}),
        again=(f"assets/{assets[0]}", {"method": "DELETE"}),
    )
    listed = [asset["id"] for asset in first["assets"] + answers["rest"]["assets"]]
    assert (sorted(listed), answers["rest"]["nextCursor"]) == (sorted(assets), None)
    assert answers["library"]["assets"] == []
    assert answers["one"]["asset"]["id"] == assets[0]
    assert (answers["delete"]["success"], answers["delete"]["assetId"]) == (True, assets[0])
    assert refusal(answers["again"]) == (404, "not_found")
    query = "select count(*) from storage.objects where bucket_id = 'workspace-temp' and starts_with(name, $1)"
    assert await owner.fetchval(query, user.id) == 4


async def test_the_wait_of_a_submission_is_told_there_and_by_the_queues(caller: Caller) -> None:
    """F3: useGeneration gave up after 90 s, whatever it waited for. The answer says how long to wait."""
    submitted = caller.call(job=("queue-job", {"body": {"job_type": "sdxl_image_fast", "prompt": "a red cat"}}))["job"]
    answers = caller.call(
        status=("queue-status", {}),
        cancel=("cancel-job", {"body": {"jobId": submitted["jobId"]}}),
        cancelled=("jobs", {"body": {"job_id": submitted["jobId"]}}),
    )
    assert 0 < submitted["etaSeconds"] <= submitted["etaP90Seconds"]
    (waiting,) = answers["status"]["jobs"]
    assert (waiting["jobId"], waiting["position"]) == (submitted["jobId"], submitted["position"])
    assert 0 < waiting["etaSeconds"] <= waiting["etaP90Seconds"]
    assert answers["status"]["queues"]["sdxl_queue"]["jobTypes"].keys() == {"sdxl_image_fast", "sdxl_image_high"}
    assert (answers["cancel"]["success"], answers["cancelled"]["job"]["status"]) == (True, "cancelled")
