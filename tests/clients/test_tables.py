"""The original's direct accesses to tables: what is read, what is refused, what may be changed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from tests.clients.conftest import Browser
from tests.fixtures.library import add_to_library
from tests.fixtures.lifecycle import Line
from tests.fixtures.users import User

DENIED = {
    "cancelByHand",
    "rateByHand",
    "insertJob",
    "deleteJob",
    "insertAsset",
    "moveAsset",
    "deleteAsset",
    "insertLibrary",
    "deleteLibrary",
    "roleplayMetadata",
    "negativeUsage",
    "ownBalance",
    "ownBirthDate",
    "becomeAdmin",
    "writeConfig",
    "internalQueue",
    "submitBySql",
}


@pytest.fixture
async def accessed(browser: Browser, user: User, line: Line, other_line: Line) -> AsyncIterator[dict[str, Any]]:
    """By a user with one completed job and one asset in the library; another user has both too."""
    own = replace(line, user_id=user.id)
    attempt = await own.start()
    await attempt.finish()
    saved = await add_to_library(own)
    await add_to_library(other_line)
    await (await other_line.start()).finish()
    before = await line.state(attempt.job_id)
    answer = browser.run("tables.mjs", attempt.job_id)
    after = await line.state(attempt.job_id)
    yield {**answer, "jobId": attempt.job_id, "savedId": saved, "before": before, "after": after}
    await line.objects.remove(f"{user.id}/%")


async def test_reads_work_and_show_one_s_own_alone(accessed: dict[str, Any], user: User) -> None:
    """P6"""
    rows, job_id = accessed["rows"], accessed["jobId"]
    assert rows["job"]["status"] == "completed"
    assert [row["id"] for row in rows["jobsOfUser"]] == [row["id"] for row in rows["completed"]] == [job_id]
    (asset,) = rows["assets"]
    assert (asset["job_id"], asset["user_id"], asset["mime_type"]) == (job_id, user.id, "image/png")
    assert ([row["id"] for row in rows["library"]], rows["collections"]) == ([accessed["savedId"]], [])
    assert {row["action"] for row in rows["ledger"]} == {"signup_grant", "generation"}
    assert rows["roles"] == [{"role": "basic_user"}]
    assert rows["profile"]["id"] == user.id


async def test_writes_past_the_functions_are_refused_and_change_nothing(accessed: dict[str, Any]) -> None:
    """Q12, S1, S10: 42501; docs/api.md names the function to call."""
    refused = accessed["refused"]
    assert {name: code for name, code in refused.items() if name in DENIED} == dict.fromkeys(DENIED, "42501")
    assert set(refused) == DENIED | {"deadCall"}
    before, after = accessed["before"], accessed["after"]
    for asset in before["workspace_assets"]:
        asset["generation_settings"]["workspace_dismissed"] = True
    assert after == before


async def test_a_dead_call_is_gone(accessed: dict[str, Any]) -> None:
    assert accessed["refused"]["deadCall"] == "PT410"


async def test_what_is_granted_by_column_may_be_changed(accessed: dict[str, Any], user: User) -> None:
    assert accessed["changed"] == {
        "collection": "Mine",
        "dismissed": [True],
        "library": [
            {"custom_title": "A rose", "tags": ["red"], "is_favorite": True, "user_collections": {"name": "Mine"}}
        ],
        "username": [{"username": f"u{user.id}"}],
    }
