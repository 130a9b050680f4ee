"""Every action over the stack: rows, objects, and the bytes behind the URLs."""

from uuid import uuid4

import pytest

from functions.edge.storage import StorageUnavailable
from tests.fixtures.functions import Doubles
from tests.fixtures.users import User
from tests.fixtures.wire import PNG, WEBP
from tests.functions.workspace_actions.conftest import Desk


async def test_a_saved_asset_is_in_both_and_its_bytes_are(desk: Desk) -> None:
    _, (asset_id,) = await desk.made()
    saved = await desk.do("save_to_library", assetId=asset_id, customTitle="Cat", tags=["red"])
    assert saved == {
        "success": True,
        "libraryAssetId": saved["libraryAssetId"],
        "message": "The asset is in the library.",
    }
    kept, staged = await desk.listed()
    assert (staged["source"], staged["id"]) == ("workspace", asset_id)
    assert (kept["source"], kept["id"]) == ("library", saved["libraryAssetId"])
    assert (kept["custom_title"], kept["tags"]) == ("Cat", ["red"])
    for asset in (kept, staged):
        assert (await desk.content(asset["url"]), await desk.content(asset["thumbnail_url"])) == (PNG, WEBP)


async def test_saving_and_clearing_again_answer_the_same_row(desk: Desk) -> None:
    """W5"""
    _, (asset_id,) = await desk.made()
    answers = [
        await desk.do(action, assetId=asset_id)
        for action in ("save_to_library", "save_to_library", "clear_asset", "clear_asset", "save_to_library")
    ]
    assert len({answer["libraryAssetId"] for answer in answers}) == 1
    assert [asset["source"] for asset in await desk.listed()] == ["library"]
    assert (await desk.objects("workspace-temp"), await desk.objects("user-library")) == (0, 2)


async def test_a_cleared_job_is_in_the_library_and_nowhere_else(desk: Desk) -> None:
    job_id, ids = await desk.made(images=3)
    await desk.do("save_to_library", assetId=ids[0])
    cleared = await desk.do("clear_job", jobId=job_id)
    assert (cleared["success"], cleared["assetsProcessed"], cleared["newSaves"], cleared["errors"]) == (True, 3, 2, [])
    assert {result["assetId"] for result in cleared["results"]} == set(ids)
    assert {result["libraryAssetId"] for result in cleared["results"]} == {asset["id"] for asset in await desk.listed()}
    assert (await desk.objects("workspace-temp"), await desk.objects("user-library")) == (0, 6)


async def test_clearing_a_job_again_finds_nothing_to_clear(desk: Desk) -> None:
    job_id, _ = await desk.made()
    await desk.do("clear_job", jobId=job_id)
    again = await desk.do("clear_job", jobId=job_id)
    assert (again["success"], again["assetsProcessed"], again["message"]) == (True, 0, "There is nothing to clear.")


async def test_a_cleared_workspace_is_empty_and_the_library_has_all(desk: Desk) -> None:
    await desk.made(images=3)
    await desk.made()
    cleared = await desk.do("clear_workspace")
    assert (cleared["success"], cleared["assetsProcessed"], cleared["newSaves"]) == (True, 4, 4)
    assert (await desk.do("list"))["assets"] == []
    assert [asset["source"] for asset in await desk.listed()] == ["library"] * 4


async def test_an_asset_that_cannot_be_saved_stays_and_is_named(desk: Desk) -> None:
    """W1: a clear that lost something would be no success."""
    job_id, ids = await desk.made(images=3)
    lost = next(row for row in await desk.wire.assets(job_id) if str(row["id"]) == ids[1])
    await desk.wire.edge.clients.storage.remove("workspace-temp", [lost["temp_storage_path"]])
    cleared = await desk.do("clear_job", jobId=job_id)
    assert (cleared["success"], cleared["assetsProcessed"], cleared["newSaves"]) == (False, 3, 2)
    (failed,) = [result for result in cleared["results"] if not result["success"]]
    assert failed == {
        "assetId": ids[1],
        "success": False,
        "libraryAssetId": None,
        "error": "The asset's file is not there any more.",
        "code": "not_found",
    }
    assert cleared["errors"] == [f"{ids[1]}: {failed['error']}"]
    assert [asset["id"] for asset in (await desk.do("list"))["assets"]] == [ids[1]]


async def test_a_discarded_asset_is_gone_with_its_objects(desk: Desk) -> None:
    _, (asset_id,) = await desk.made()
    messages = [(await desk.do("discard_asset", assetId=asset_id))["message"] for _ in range(2)]
    assert messages == ["The asset is discarded.", "The asset was gone already."]
    assert (await desk.listed(), await desk.objects("workspace-temp")) == ([], 0)


async def test_discarding_takes_nothing_from_the_library(desk: Desk) -> None:
    _, (asset_id,) = await desk.made()
    saved = await desk.do("clear_asset", assetId=asset_id)
    await desk.do("discard_asset", assetId=saved["libraryAssetId"])
    assert [asset["id"] for asset in await desk.listed()] == [saved["libraryAssetId"]]


async def test_a_copy_in_the_workspace_is_a_completed_job_of_one_asset(desk: Desk) -> None:
    _, (asset_id,) = await desk.made(seed=41)
    saved = await desk.do("clear_asset", assetId=asset_id, customTitle="Cat")
    answers = [await desk.do("copy_to_workspace", libraryAssetId=saved["libraryAssetId"]) for _ in range(2)]
    assert answers[0]["workspaceAssetId"] == answers[1]["workspaceAssetId"]
    (copied,) = (await desk.do("list"))["assets"]
    assert (copied["id"], copied["library_asset_id"]) == (answers[0]["workspaceAssetId"], saved["libraryAssetId"])
    assert (await desk.content(copied["url"]), await desk.content(copied["thumbnail_url"])) == (PNG, WEBP)
    job = (await desk.wire.edge.http.get(f"jobs/{copied['job_id']}", headers=desk.wire.user.headers)).json()["job"]
    assert (job["status"], job["job_type"], job["metadata"]["source"]) == (
        *("completed", "sdxl_image_fast", "library_copy"),
    )
    assert [asset["id"] for asset in job["assets"]] == [copied["id"]]


async def test_the_workspace_is_listed_in_pages_newest_first(desk: Desk) -> None:
    await desk.made(images=3)
    first = await desk.do("list", limit=2)
    second = await desk.do("list", limit=2, cursor=first["nextCursor"])
    assert (len(first["assets"]), len(second["assets"]), second["nextCursor"]) == (2, 1, None)
    times = [asset["created_at"] for asset in first["assets"] + second["assets"]]
    assert times == sorted(times, reverse=True)


class TestAnotherUser:
    """P6: another's things are not found, and stay as they are."""

    async def test_their_assets(self, desk: Desk, other_user: User) -> None:
        """S1, S2: neither copied nor deleted."""
        job_id, (asset_id,) = await desk.made()
        for action in ("save_to_library", "clear_asset"):
            answer = await desk.ask(action, as_=other_user.headers, assetId=asset_id)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert (await desk.ask("clear_job", as_=other_user.headers, jobId=job_id)).status_code == 404
        assert (await desk.ask("discard_asset", as_=other_user.headers, assetId=asset_id)).status_code == 200
        cleared = (await desk.ask("clear_workspace", as_=other_user.headers)).json()
        assert cleared["assetsProcessed"] == 0
        (asset,) = await desk.listed()
        assert await desk.content(asset["url"]) == PNG

    async def test_their_library_assets(self, desk: Desk, other_user: User) -> None:
        _, (asset_id,) = await desk.made()
        saved = await desk.do("save_to_library", assetId=asset_id)
        answer = await desk.ask("copy_to_workspace", as_=other_user.headers, libraryAssetId=saved["libraryAssetId"])
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    async def test_their_collections(self, desk: Desk, other_user: User) -> None:
        """S16"""
        _, (asset_id,) = await desk.made()
        theirs = await desk.wire.owner.fetchval(
            "insert into user_collections (user_id, name) values ($1, 'x') returning id::text", other_user.id
        )
        answer = await desk.ask("clear_asset", assetId=asset_id, collectionId=theirs)
        assert (answer.status_code, answer.json()["error"]) == (404, "No such collection.")
        assert [asset["id"] for asset in await desk.listed()] == [asset_id]


@pytest.mark.parametrize(
    ("action", "field"),
    [
        ("save_to_library", "assetId"),
        ("clear_asset", "assetId"),
        ("clear_job", "jobId"),
        ("copy_to_workspace", "libraryAssetId"),
    ],
)
async def test_what_never_was_is_not_found(desk: Desk, action: str, field: str) -> None:
    answer = await desk.ask(action, **{field: str(uuid4())})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


class Down:
    """A storage that does not answer."""

    async def copy(self, *_: str) -> bool:
        raise StorageUnavailable


@pytest.fixture
def asset_of_doubles(doubles: Doubles) -> dict[str, object]:
    doubles.clients.storage = Down()  # type: ignore[assignment]
    return {
        "id": str(uuid4()),
        "created_at": "2026-11-21T12:00:00+00:00",
        "mime_type": "image/png",
        "path": "u/j/1-0.png",
        "storage_path": "u/a.png",
        "thumbnail_path": None,
        "is_saved": False,
    }


async def test_while_storage_is_down_one_asset_is_a_503(doubles: Doubles, asset_of_doubles: dict[str, object]) -> None:
    doubles.database.will_answer("plan_saves", {"outcome": "planned", "assets": [asset_of_doubles]})
    body = {"action": "clear_asset", "assetId": asset_of_doubles["id"]}
    answer = await doubles.http.post("workspace-actions", json=body, headers=doubles.as_user)
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert [name for name, _ in doubles.database.calls] == ["plan_saves"]


async def test_while_storage_is_down_no_copy_begins_a_row(
    doubles: Doubles, asset_of_doubles: dict[str, object]
) -> None:
    doubles.database.will_answer("plan_copy", {"outcome": "planned", "asset": asset_of_doubles})
    body = {"action": "copy_to_workspace", "libraryAssetId": asset_of_doubles["id"]}
    answer = await doubles.http.post("workspace-actions", json=body, headers=doubles.as_user)
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert [name for name, _ in doubles.database.calls] == ["plan_copy"]
