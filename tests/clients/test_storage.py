"""The original's direct use of Storage: signed URLs, reference uploads, removals, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest

from devstack.project import Project
from tests.clients.conftest import Browser
from tests.clients.results import upload
from tests.fixtures.lifecycle import Line
from tests.fixtures.users import User


async def _deliver(project: Project, line: Line, user: User) -> tuple[str, str]:
    """Paths of a completed job's result and its thumbnail."""
    attempt = await replace(line, user_id=user.id).start()
    paths = await upload(project, attempt)
    assert (await attempt.complete(attempt.output()))["outcome"] == "completed"
    return paths


@pytest.fixture
async def used(project: Project, browser: Browser, user: User, other_user: User, line: Line) -> dict[str, Any]:
    path, thumbnail = await _deliver(project, line, user)
    others_path, _ = await _deliver(project, line, other_user)
    return {**browser.run("storage.mjs", path, thumbnail, others_path), "path": path}


async def test_signed_urls_reach_one_s_own_files(used: dict[str, Any]) -> None:
    assert used["signed"] == {"original": 200, "thumbnail": 200, "reference": 200, "chunk": "200,200"}
    assert used["uploaded"] is True


async def test_other_s_files_and_uploads_are_refused(used: dict[str, Any]) -> None:
    """S3, P6: what one may not read cannot be signed either; results are uploaded by workers alone."""
    assert used["refused"] == {
        "signOthers": "404",
        "downloadOthers": "404",
        "uploadToWorkspace": "403",
        "replaceResult": "403",
        "uploadToLibrary": "403",
        "uploadWithoutFolder": "403",
        "uploadForOthers": "403",
    }


async def test_one_s_own_results_may_be_removed_and_nobody_else_s(used: dict[str, Any]) -> None:
    assert (used["removed"], used["othersListed"]) == ([used["path"]], 0)
