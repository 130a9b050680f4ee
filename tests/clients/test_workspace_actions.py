"""What WorkspaceAssetService, NewWorkspaceAssetService, useRealtimeWorkspace and LibraryAssetService ask of
workspace-actions. They read whether there was an error, and no more."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from devstack.project import Project
from tests.clients.conftest import Call, Caller, refusal
from tests.clients.results import finish_job
from tests.fixtures.lifecycle import Line
from tests.fixtures.users import User


def action(name: str, **fields: Any) -> Call:
    return "workspace-actions", {"body": {"action": name, **fields}}


@pytest.fixture
async def job(project: Project, line: Line, user: User) -> tuple[str, list[str]]:
    """A completed job of four images, and its assets' ids."""
    return await finish_job(project, line, user, images=4)


async def ids(owner: Any, table: str, user: User) -> set[str]:
    rows = await owner.fetch(f"select id from {table} where user_id = $1", UUID(user.id))
    return {str(row["id"]) for row in rows}


async def test_assets_are_saved_cleared_and_discarded_one_by_one_and_the_rest_by_their_job(
    caller: Caller, user: User, owner: Any, job: tuple[str, list[str]]
) -> None:
    job_id, (first, second, third, fourth) = job
    collection = await owner.fetchval(
        "insert into user_collections (user_id, name) values ($1, 'Mine') returning id::text", UUID(user.id)
    )
    details = {"customTitle": "A rose", "collectionId": collection, "tags": ["rose", "red"]}
    answers = caller.call(
        save=action("save_to_library", assetId=first, **details),
        clear=action("clear_asset", assetId=second, customTitle="Another"),
        discard=action("discard_asset", assetId=third),
        discard_again=action("discard_asset", assetId=third),
        clear_job=action("clear_job", jobId=job_id),
    )

    assert [answer["success"] for answer in answers.values()] == [True] * 5
    counts = {name: answers["clear_job"][name] for name in ("assetsProcessed", "newSaves", "errors")}
    assert counts == {"assetsProcessed": 2, "newSaves": 1, "errors": []}
    results = {result["assetId"]: result["libraryAssetId"] for result in answers["clear_job"]["results"]}
    assert results.keys() == {first, fourth}
    assert results[first] == answers["save"]["libraryAssetId"], "saved before, and so not again"
    assert await ids(owner, "workspace_assets", user) == set()
    saved = {answers["save"]["libraryAssetId"], answers["clear"]["libraryAssetId"], results[fourth]}
    assert await ids(owner, "user_library", user) == saved
    row = await owner.fetchrow("select * from user_library where id = $1", UUID(answers["save"]["libraryAssetId"]))
    assert (row["custom_title"], str(row["collection_id"]), row["tags"]) == ("A rose", collection, ["rose", "red"])


async def test_the_library_s_assets_come_back_and_the_whole_workspace_is_cleared(
    caller: Caller, user: User, owner: Any, job: tuple[str, list[str]]
) -> None:
    _, (first, *_) = job
    saved = caller.call(save=action("clear_asset", assetId=first))["save"]["libraryAssetId"]
    answers = caller.call(
        copy=action("copy_to_workspace", libraryAssetId=saved),
        copy_again=action("copy_to_workspace", libraryAssetId=saved),
        clear=action("clear_workspace"),
        clear_again=action("clear_workspace"),
    )

    assert [answer["success"] for answer in answers.values()] == [True] * 4
    assert answers["copy"]["workspaceAssetId"] == answers["copy_again"]["workspaceAssetId"]
    cleared = [(answers[name]["assetsProcessed"], answers[name]["newSaves"]) for name in ("clear", "clear_again")]
    assert cleared == [(4, 3), (0, 0)]
    assert await ids(owner, "workspace_assets", user) == set()
    assert len(await ids(owner, "user_library", user)) == 4


async def test_what_cannot_be_done_is_an_error_that_the_page_can_read(
    caller: Caller, project: Project, owner: Any, other_line: Line, other_user: User
) -> None:
    """S1, S2: of another user's asset nothing is told, and nothing happens to it."""
    job_id, assets = await finish_job(project, other_line, other_user)
    answers = caller.call(
        save=action("save_to_library", assetId=assets[0]),
        clear=action("clear_asset", assetId=assets[0]),
        job=action("clear_job", jobId=job_id),
        copy=action("copy_to_workspace", libraryAssetId=str(uuid4())),
        nothing=action("save_to_library"),
        unknown=action("delete_everything"),
    )
    found = {name: refusal(answer) for name, answer in answers.items()}
    assert found == {
        **dict.fromkeys(("save", "clear", "job", "copy"), (404, "not_found")),
        **dict.fromkeys(("nothing", "unknown"), (400, "invalid_request")),
    }
    assert await ids(owner, "workspace_assets", other_user) == set(assets)
