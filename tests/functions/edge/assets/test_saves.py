"""Saving over the real database: nothing is written or deleted that was not seen in storage."""

import asyncio
import logging
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.edge.assets.kinds import EXTENSIONS
from functions.edge.assets.saves import save
from functions.edge.errors import ApiError
from shared.errors import ErrorCode
from tests.fixtures.library import Shelf, add_to_library
from tests.fixtures.lifecycle import Line

KEPT = (
    "asset_type",
    "file_size_bytes",
    "mime_type",
    "width",
    "height",
    "duration_seconds",
    "original_prompt",
    "model_used",
    "generation_seed",
    "generation_settings",
)


async def save_one(shelf: Shelf, asset_id: str, **options: Any) -> Any:
    (result,) = await save(shelf.clients, shelf.user_id, asset_ids=[asset_id], **options)
    return result


class TestSaving:
    async def test_everything_that_is_known_of_an_asset_is_kept(self, shelf: Shelf) -> None:
        """W9: size, settings and title are not lost."""
        asset_id = await shelf.asset()
        collection = await shelf.line.owner.fetchval(
            "insert into user_collections (user_id, name) values ($1, 'cats') returning id::text", shelf.user_id
        )
        details = {"title": "Cat", "tags": ["a", "b"], "collection_id": collection}
        result = await save_one(shelf, asset_id, details=details)
        assert (result.is_new, result.code) == (True, None)
        (asset,), (kept,) = await shelf.workspace(), await shelf.library()
        assert str(kept["id"]) == result.library_asset_id
        assert str(kept["source_asset_id"]) == asset_id
        assert {name: kept[name] for name in KEPT} == {name: asset[name] for name in KEPT}
        assert kept["generation_settings"]["total_images"] == 1
        assert (kept["custom_title"], kept["tags"], str(kept["collection_id"])) == ("Cat", ["a", "b"], collection)
        stem = f"{shelf.user_id}/{kept['id']}"
        assert (kept["storage_path"], kept["thumbnail_path"]) == (f"{stem}.png", f"{stem}.thumb.webp")
        assert await shelf.objects("user-library") == {kept["storage_path"], kept["thumbnail_path"]}

    async def test_a_second_save_answers_the_same_row_and_copies_nothing(self, shelf: Shelf) -> None:
        """W5"""
        asset_id = await shelf.asset()
        first = await save_one(shelf, asset_id, details={"title": "first"})
        copies = shelf.storage.copies
        second = await save_one(shelf, asset_id, details={"title": "second"})
        assert (second.library_asset_id, second.is_new) == (first.library_asset_id, False)
        assert [row["custom_title"] for row in await shelf.library()] == ["first"]
        assert shelf.storage.copies == copies

    async def test_many_saves_at_once_make_one_row_and_leave_one_copy(self, shelf: Shelf) -> None:
        """W5"""
        asset_id = await shelf.asset()
        results = await asyncio.gather(*(save_one(shelf, asset_id) for _ in range(4)))
        assert len({result.library_asset_id for result in results}) == 1
        assert sum(result.is_new for result in results) == 1
        (kept,) = await shelf.library()
        assert await shelf.objects("user-library") == {kept["storage_path"], kept["thumbnail_path"]}

    async def test_two_results_of_one_prompt_seed_and_model_are_two(self, shelf: Shelf) -> None:
        """W2, W3: an asset is known by its id."""
        first, second = await shelf.asset(), await shelf.asset()
        (one, other) = await shelf.workspace()
        for column in ("original_prompt", "generation_seed", "model_used"):
            assert one[column] == other[column]
        await save_one(shelf, first)
        assert (await save_one(shelf, second, is_clearing=True)).is_new
        assert {str(row["source_asset_id"]) for row in await shelf.library()} == {first, second}

    async def test_a_thumbnail_that_is_not_there_is_no_thumbnail(self, shelf: Shelf) -> None:
        """W10: its path is the row's, and guessed from no name."""
        asset_id = await shelf.asset()
        await shelf.line.objects.remove(f"{shelf.user_id}/%.webp")
        assert (await save_one(shelf, asset_id)).code is None
        (kept,) = await shelf.library()
        assert kept["thumbnail_path"] is None

    @pytest.mark.parametrize(("mime_type", "extension"), EXTENSIONS.items())
    async def test_a_file_of_any_kind_keeps_its_thumbnail(self, shelf: Shelf, mime_type: str, extension: str) -> None:
        """W10: the original looked for it under the file's name, and knew too few endings."""
        asset_id = await shelf.asset()
        path = f"{shelf.user_id}/elsewhere.{extension}"
        await shelf.line.objects.put(path, content_type=mime_type)
        move = "update workspace_assets set temp_storage_path = $2, mime_type = $3 where id = $1"
        await shelf.line.owner.execute(move, UUID(asset_id), path, mime_type)
        assert (await save_one(shelf, asset_id)).code is None
        (kept,) = await shelf.library()
        stem = f"{shelf.user_id}/{kept['id']}"
        assert (kept["storage_path"], kept["thumbnail_path"]) == (f"{stem}.{extension}", f"{stem}.thumb.webp")

    async def test_another_s_asset_is_not_found(self, shelf: Shelf, other_line: Line) -> None:
        """P6, S1"""
        attempt = await other_line.start()
        await attempt.finish()
        (theirs,) = await other_line.assets(attempt.job_id)
        for is_clearing in (False, True):
            result = await save_one(shelf, str(theirs["id"]), is_clearing=is_clearing)
            assert result.code is ErrorCode.NOT_FOUND
        assert len(await other_line.assets(attempt.job_id)) == 1

    async def test_another_s_collection_takes_nothing(self, shelf: Shelf, other_line: Line) -> None:
        """S16"""
        asset_id = await shelf.asset()
        theirs = await other_line.owner.fetchval(
            "insert into user_collections (user_id, name) values ($1, 'x') returning id::text", other_line.user_id
        )
        with pytest.raises(ApiError) as refusal:
            await save_one(shelf, asset_id, details={"collection_id": theirs})
        assert refusal.value.code is ErrorCode.NOT_FOUND
        assert (await shelf.library(), shelf.storage.copies) == ([], 0)
        # Nor where it stops being the user's between the plan and the row.
        save_it = {"asset_id": asset_id, "library_asset_id": str(uuid4()), "path": f"{shelf.user_id}/a.png"}
        await shelf.line.objects.put(save_it["path"], bucket="user-library")
        await shelf.call("finish_saves", p_saves=[save_it], p_details={"collection_id": theirs})
        assert [row["collection_id"] for row in await shelf.library()] == [None]

    async def test_a_row_whose_object_was_lost_gets_a_new_one(self, shelf: Shelf) -> None:
        asset_id = await shelf.asset()
        first = await save_one(shelf, asset_id)
        await shelf.storage.remove("user-library", list(await shelf.objects("user-library")))
        second = await save_one(shelf, asset_id)
        assert (second.library_asset_id, second.code) == (first.library_asset_id, None)
        (kept,) = await shelf.library()
        assert kept["storage_path"] in await shelf.objects("user-library")

    async def test_no_path_is_used_twice(self, shelf: Shelf) -> None:
        """So that a removal that comes late never hits a newer save."""
        asset_id = await shelf.asset()
        first = await save_one(shelf, asset_id)
        (before,) = await shelf.library()
        await shelf.call("delete_asset", p_asset_id=first.library_asset_id)
        await save_one(shelf, asset_id)
        (after,) = await shelf.library()
        assert after["storage_path"] != before["storage_path"]


class TestClearing:
    async def test_a_saved_asset_leaves_the_workspace_with_its_objects(self, shelf: Shelf) -> None:
        asset_id = await shelf.asset()
        result = await save_one(shelf, asset_id, is_clearing=True)
        assert (result.is_new, await shelf.workspace(), await shelf.objects("workspace-temp")) == (True, [], set())
        assert len(await shelf.objects("user-library")) == 2

    async def test_clearing_again_answers_the_library_s_row(self, shelf: Shelf) -> None:
        """W5: also after a reply that was lost."""
        asset_id = await shelf.asset()
        first = await save_one(shelf, asset_id, is_clearing=True)
        again = await save_one(shelf, asset_id, is_clearing=True)
        assert (again.library_asset_id, again.is_new, again.code) == (first.library_asset_id, False, None)

    async def test_a_copy_of_a_library_asset_needs_no_second_one(self, shelf: Shelf) -> None:
        library_id = await add_to_library(shelf.line)
        job_id, path = uuid4(), f"{shelf.user_id}/{uuid4()}/1-0.png"
        await shelf.line.objects.put(path)
        copied = await shelf.call(
            "finish_copy", p_library_asset_id=library_id, p_job_id=job_id, p_path=path, p_thumbnail_path=None
        )
        result = await save_one(shelf, copied["workspace_asset_id"], is_clearing=True)
        assert (result.library_asset_id, result.is_new) == (library_id, False)
        assert (await shelf.workspace(), len(await shelf.library())) == ([], 1)

    async def test_objects_that_cannot_be_removed_now_are_left_to_housekeeping(
        self, shelf: Shelf, caplog: pytest.LogCaptureFixture
    ) -> None:
        """W7"""
        asset_id = await shelf.asset()
        shelf.storage.refuses_removals = True
        with caplog.at_level(logging.WARNING, "functions.assets"):
            assert (await save_one(shelf, asset_id, is_clearing=True)).code is None
        assert "2 objects of workspace-temp are left to housekeeping" in caplog.text
        await shelf.line.owner.execute(
            "update storage.objects set created_at = '1990-01-01' where bucket_id = 'workspace-temp' and name like $1",
            f"{shelf.user_id}/%",
        )
        answer = await shelf.line.database.call("housekeeping")
        assert set(answer["objects"]["workspace-temp"]) >= await shelf.objects("workspace-temp") != set()


class TestFailures:
    """W1: what is not safe in the library stays in the workspace, with its files, and is told."""

    async def assert_stays(self, shelf: Shelf, result: Any, code: ErrorCode) -> None:
        assert (result.code, result.library_asset_id) == (code, None)
        assert result.error is not None
        assert (len(await shelf.workspace()), await shelf.library()) == (1, [])
        assert await shelf.objects("workspace-temp") != set()

    async def test_a_storage_that_does_not_answer(self, shelf: Shelf) -> None:
        asset_id = await shelf.asset()
        shelf.storage.unavailable = await shelf.objects("workspace-temp")
        result = await save_one(shelf, asset_id, is_clearing=True)
        await self.assert_stays(shelf, result, ErrorCode.STORAGE_UNAVAILABLE)

    async def test_a_storage_that_does_not_answer_for_the_thumbnail(self, shelf: Shelf) -> None:
        asset_id = await shelf.asset()
        shelf.storage.unavailable = {path for path in await shelf.objects("workspace-temp") if path.endswith(".webp")}
        result = await save_one(shelf, asset_id, is_clearing=True)
        await self.assert_stays(shelf, result, ErrorCode.STORAGE_UNAVAILABLE)

    async def test_a_copy_that_is_not_whole(self, shelf: Shelf) -> None:
        asset_id = await shelf.asset()
        shelf.storage.loses_bytes = True
        result = await save_one(shelf, asset_id, is_clearing=True)
        await self.assert_stays(shelf, result, ErrorCode.STORAGE_UNAVAILABLE)
        assert await shelf.objects("user-library") == set()

    async def test_a_file_that_is_gone(self, shelf: Shelf) -> None:
        asset_id = await shelf.asset()
        await shelf.line.objects.remove(f"{shelf.user_id}/%.png")
        result = await save_one(shelf, asset_id, is_clearing=True)
        await self.assert_stays(shelf, result, ErrorCode.NOT_FOUND)

    async def test_a_library_row_without_its_object_is_no_save(self, shelf: Shelf) -> None:
        asset_id = await shelf.asset()
        await save_one(shelf, asset_id)
        await shelf.storage.remove("user-library", list(await shelf.objects("user-library")))
        answer = await shelf.call("finish_saves", p_saves=[{"asset_id": asset_id}], p_clears=True)
        assert [result["outcome"] for result in answer["results"]] == ["not_verified"]
        assert len(await shelf.workspace()) == 1

    async def test_an_asset_that_was_discarded_meanwhile_leaves_no_copy(self, shelf: Shelf) -> None:
        asset_id = await shelf.asset()
        path = f"{shelf.user_id}/{uuid4()}.png"
        await shelf.line.objects.put(path, bucket="user-library")
        await shelf.call("delete_asset", p_asset_id=asset_id)
        copy = {"asset_id": asset_id, "library_asset_id": str(uuid4()), "path": path}
        answer = await shelf.call("finish_saves", p_saves=[copy])
        assert [result["outcome"] for result in answer["results"]] == ["not_found"]
        assert answer["objects"] == {"workspace-temp": [], "user-library": [path]}

    async def test_finishing_twice_does_not_give_the_saved_copy_away(self, shelf: Shelf) -> None:
        asset_id = await shelf.asset()
        path = f"{shelf.user_id}/{uuid4()}.png"
        await shelf.line.objects.put(path, bucket="user-library")
        copy = {"asset_id": asset_id, "library_asset_id": str(uuid4()), "path": path}
        answers = [await shelf.call("finish_saves", p_saves=[copy], p_clears=True) for _ in range(2)]
        assert [answer["results"][0]["outcome"] for answer in answers] == ["saved", "already_saved"]
        assert answers[1]["objects"] == {"workspace-temp": [], "user-library": []}
