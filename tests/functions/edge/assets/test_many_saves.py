"""Saving many assets: a job's, a whole workspace, and what jobs with destination ``library`` made."""

import asyncio
import logging

import pytest

from functions.edge.assets.saves import PAGE, save, save_due
from functions.edge.clients import COPIES_AT_ONCE
from shared.errors import ErrorCode
from tests.fixtures.library import Shelf


class TestManyAssets:
    async def test_a_job_s_assets_only(self, shelf: Shelf) -> None:
        job_id, other = await shelf.job(images=3), await shelf.asset()
        results = await save(shelf.clients, shelf.user_id, job_id=job_id, is_clearing=True)
        assert len(results) == len(await shelf.library()) == 3
        assert [str(asset["id"]) for asset in await shelf.workspace()] == [other]

    async def test_one_that_fails_stays_and_the_others_go(self, shelf: Shelf) -> None:
        """W1"""
        await shelf.job(images=3)
        bad = (await shelf.workspace())[1]
        shelf.storage.unavailable = {bad["temp_storage_path"]}
        results = await save(shelf.clients, shelf.user_id, is_clearing=True)
        assert {result.asset_id: result.code for result in results if result.code} == {
            str(bad["id"]): ErrorCode.STORAGE_UNAVAILABLE
        }
        assert [asset["id"] for asset in await shelf.workspace()] == [bad["id"]]
        assert await shelf.objects("workspace-temp") == {bad["temp_storage_path"], bad["thumbnail_path"]}

    async def test_more_than_a_thousand_are_all_saved_a_few_at_a_time(self, shelf: Shelf) -> None:
        """W4, W6: none is deleted because a list of rows had ended."""
        await fill(shelf, 1020)
        results = await save(shelf.clients, shelf.user_id, is_clearing=True)
        assert len({result.asset_id for result in results}) == 1020
        assert {result.code for result in results} == {None}
        assert (await shelf.workspace(), len(await shelf.library())) == ([], 1020)
        assert await shelf.objects("workspace-temp") == set()
        assert 1 < shelf.storage.most_at_once <= COPIES_AT_ONCE

    async def test_two_clears_at_once_save_each_asset_once(self, shelf: Shelf) -> None:
        await fill(shelf, PAGE + 10)
        clears = [save(shelf.clients, shelf.user_id, is_clearing=True) for _ in range(2)]
        results = [result for page in await asyncio.gather(*clears) for result in page]
        assert {result.code for result in results} == {None}
        assert sum(result.is_new for result in results) == PAGE + 10
        assert (await shelf.workspace(), len(await shelf.library())) == ([], PAGE + 10)
        assert len(await shelf.objects("user-library")) == PAGE + 10

    async def test_what_arrives_meanwhile_stays(self, shelf: Shelf) -> None:
        """W4"""
        await fill(shelf, PAGE + 1)
        arrived: list[str] = []
        copy = shelf.storage.copy

        async def arriving(*arguments: str) -> bool:
            if not arrived:
                arrived.append("")
                arrived[0] = await shelf.asset()
            return await copy(*arguments)

        shelf.storage.copy = arriving  # type: ignore[method-assign]
        assert len(await save(shelf.clients, shelf.user_id, is_clearing=True)) == PAGE + 1
        assert [str(asset["id"]) for asset in await shelf.workspace()] == arrived

    async def test_a_storage_that_is_down_is_asked_for_one_page_only(self, shelf: Shelf) -> None:
        await fill(shelf, PAGE + 1)
        shelf.storage.unavailable = await shelf.objects("workspace-temp")
        results = await save(shelf.clients, shelf.user_id, is_clearing=True)
        assert (len(results), shelf.storage.copies) == (PAGE, PAGE)
        assert len(await shelf.workspace()) == PAGE + 1

    async def test_an_empty_workspace_is_no_error(self, shelf: Shelf) -> None:
        assert await save(shelf.clients, shelf.user_id, is_clearing=True) == []


@pytest.mark.usefixtures("sweep")  # so that the stack's own sweep claims none of them
class TestDueSaves:
    """What jobs with destination ``library`` made."""

    async def test_a_job_s_are_saved_at_once_and_stay_in_the_workspace(self, shelf: Shelf) -> None:
        job_id = await shelf.job(images=3, destination="library")
        await save_due(shelf.clients, job_id)
        assert len(await shelf.library()) == len(await shelf.workspace()) == 3
        assert {asset["save_due_at"] for asset in await shelf.workspace()} == {None}

    async def test_those_left_behind_are_saved_later(self, shelf: Shelf) -> None:
        """The process that completed the job died over it."""
        job_id = await shelf.job(destination="library")
        await shelf.line.turn_back("workspace_assets", "save_due_at", str(job_id), "1 second")
        await save_due(shelf.clients)
        assert len(await shelf.library()) == 1

    async def test_their_time_has_to_come(self, shelf: Shelf) -> None:
        job_id = await shelf.job(destination="library")
        await save_due(shelf.clients)
        assert await shelf.library() == []
        await shelf.line.database.call("claim_due_saves", p_job_id=job_id)
        (asset,) = await shelf.workspace()
        assert asset["save_due_at"] > asset["created_at"]

    async def test_a_workspace_job_s_are_not_saved(self, shelf: Shelf) -> None:
        await save_due(shelf.clients, await shelf.job())
        assert await shelf.library() == []

    async def test_one_that_its_user_deleted_from_the_library_does_not_come_back(self, shelf: Shelf) -> None:
        job_id = await shelf.job(destination="library")
        await save_due(shelf.clients, job_id)
        (kept,) = await shelf.library()
        await shelf.call("delete_asset", p_asset_id=str(kept["id"]))
        await save_due(shelf.clients, job_id)
        assert await shelf.library() == []

    async def test_while_storage_is_down_they_stay_due(self, shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
        job_id = await shelf.job(destination="library")
        shelf.storage.unavailable = await shelf.objects("workspace-temp")
        with caplog.at_level(logging.WARNING, "functions.saves"):
            await save_due(shelf.clients, job_id)
        assert [record.getMessage() for record in caplog.records] == [
            "an asset stays unsaved until a later sweep: storage_unavailable"
        ]
        shelf.storage.unavailable = set()
        await shelf.line.turn_back("workspace_assets", "save_due_at", str(job_id), "1 second")
        await save_due(shelf.clients)
        assert len(await shelf.library()) == 1


async def fill(shelf: Shelf, count: int) -> None:
    """A workspace of that many assets of one job, each with its object and no thumbnail."""
    job_id = await shelf.job()
    await shelf.call("delete_asset", p_asset_id=str((await shelf.workspace())[0]["id"]))
    await shelf.line.objects.remove(f"{shelf.user_id}/%")
    await shelf.line.owner.execute(
        """
        with made as (
            insert into workspace_assets (
                user_id, job_id, asset_index, asset_type, temp_storage_path, file_size_bytes, mime_type,
                generation_seed, original_prompt, model_used
            )
            select $1::uuid, $2::uuid, i, 'image', $1::uuid || '/' || $2::uuid || '/1-' || i || '.png', 1000,
                'image/png', i, 'a red circle', 'small'
            from generate_series(1, $3::integer) i
            returning temp_storage_path
        )
        insert into storage.objects (bucket_id, name, metadata)
        select 'workspace-temp', temp_storage_path, '{"size": 1000}' from made
        """,
        shelf.user_id,
        job_id,
        count,
    )
