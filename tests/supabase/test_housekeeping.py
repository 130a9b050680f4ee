"""``housekeeping``: expired assets, orphaned objects, old idempotency keys."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from functions.edge.assets.saves import save
from tests.fixtures.library import Shelf
from tests.fixtures.lifecycle import Attempt, Line

OLD = "3 hours 1 second"
Named = Callable[[], Awaitable[set[str]]]


@pytest.fixture
def named(line: Line) -> Named:
    """The user's own objects among those that are to be deleted."""

    async def named() -> set[str]:
        answer = await line.database.call("housekeeping")
        assert answer["outcome"] == "kept"
        return {path for paths in answer["objects"].values() for path in paths if path.startswith(line.user_id)}

    return named


async def put_long_ago(line: Line, path: str, age: str = OLD, bucket: str = "workspace-temp") -> str:
    await line.objects.put(path, bucket=bucket)
    await age_objects(line, path, age)
    return path


async def age_objects(line: Line, pattern: str, age: str = OLD) -> None:
    query = f"update storage.objects set created_at = clock_timestamp() - '{age}'::interval where name like $1"
    assert await line.owner.execute(query, pattern) != "UPDATE 0"


class TestOrphans:
    async def test_an_old_object_of_an_unknown_job_is_named(self, line: Line, named: Named) -> None:
        path = await put_long_ago(line, f"{line.user_id}/{uuid4()}/1-0.png")
        assert await named() == {path}

    async def test_a_young_one_is_not(self, line: Line, named: Named) -> None:
        await put_long_ago(line, f"{line.user_id}/{uuid4()}/1-0.png", age="2 hours 59 minutes")
        assert await named() == set()

    async def test_a_completed_job_s_assets_and_thumbnails_are_not(self, line: Line, named: Named) -> None:
        attempt = await line.start()
        await attempt.finish()
        await age_objects(line, f"{line.user_id}/%")
        assert await named() == set()

    async def test_what_an_older_attempt_of_a_completed_job_left_is_named(self, line: Line, named: Named) -> None:
        first = await line.start()
        left = await first.deliver()
        await first.fail()
        await (await line.start_again(first.job_id)).finish()
        await age_objects(line, f"{line.user_id}/%")
        assert await named() == {left["path"], left["thumbnail_path"]}

    @pytest.mark.parametrize("status", ["queued", "processing"])
    async def test_what_a_job_that_goes_on_has_delivered_is_not(self, line: Line, named: Named, status: str) -> None:
        attempt = await line.start()
        await attempt.report(p_outputs=[await attempt.deliver()])
        if status == "queued":
            await attempt.fail()
        await age_objects(line, f"{line.user_id}/%")
        assert await named() == set()

    async def test_what_a_failed_job_had_delivered_is_named(self, line: Line, named: Named) -> None:
        attempt = await line.start()
        output = await attempt.deliver()
        await attempt.report(p_outputs=[output])
        await attempt.fail(retryable=False)
        await age_objects(line, f"{line.user_id}/%")
        assert await named() == {output["path"], output["thumbnail_path"]}

    async def test_references_are_left_alone(self, line: Line, named: Named) -> None:
        await put_long_ago(line, f"{line.user_id}/{uuid4()}.png", bucket="reference_images")
        assert await named() == set()

    async def test_what_no_row_of_the_library_names_is_named_once_it_is_old(self, line: Line, named: Named) -> None:
        """W7: what a save that died has left, and the files of a deleted row."""
        old = await put_long_ago(line, f"{line.user_id}/{uuid4()}.png", bucket="user-library")
        await put_long_ago(line, f"{line.user_id}/{uuid4()}.png", age="2 hours 59 minutes", bucket="user-library")
        assert await named() == {old}

    async def test_the_library_s_assets_and_thumbnails_are_not(self, shelf: Shelf, named: Named) -> None:
        await save(shelf.clients, shelf.user_id, asset_ids=[await shelf.asset()])
        await age_objects(shelf.line, f"{shelf.line.user_id}/%")
        assert await named() == set()

    async def test_the_oldest_come_first_and_no_more_than_asked_for(self, line: Line) -> None:
        paths = [
            await put_long_ago(line, f"{line.user_id}/{uuid4()}/1-0.png", age=f"{years} years")
            for years in (50, 70, 60)
        ]
        answer = await line.database.call("housekeeping", p_limit=2)
        assert answer["objects"]["workspace-temp"] == [paths[1], paths[2]]

    async def test_no_row_of_storage_is_deleted_here(self, line: Line, named: Named) -> None:
        """The Storage API deletes, so that no file is left without its row."""
        path = await put_long_ago(line, f"{line.user_id}/{uuid4()}/1-0.png")
        await named()
        assert await line.owner.fetchval("select count(*) from storage.objects where name = $1", path) == 1


class TestExpiredAssets:
    @pytest.fixture
    async def attempt(self, line: Line) -> Attempt:
        attempt = await line.start()
        await attempt.finish()
        await age_objects(line, f"{line.user_id}/%")
        return attempt

    async def test_go_with_their_objects(self, line: Line, attempt: Attempt, named: Named) -> None:
        await line.turn_back("workspace_assets", "expires_at", attempt.job_id, "1 second")
        output = attempt.output()
        assert await named() == {output["path"], output["thumbnail_path"]}
        assert await line.assets(attempt.job_id) == []

    async def test_leave_the_job_as_it_was(self, line: Line, attempt: Attempt, named: Named) -> None:
        """P5"""
        await line.turn_back("workspace_assets", "expires_at", attempt.job_id, "1 second")
        before = await attempt.row()
        await named()
        assert await attempt.row() == before

    async def test_stay_until_then(self, line: Line, attempt: Attempt, named: Named) -> None:
        await line.turn_back("workspace_assets", "expires_at", attempt.job_id, "-1 minute")
        await named()
        assert len(await line.assets(attempt.job_id)) == 1


class TestIdempotencyKeys:
    async def test_a_key_may_be_used_again_after_a_day(self, line: Line, named: Named) -> None:
        first = await line.job(key="k")
        await line.turn_back("jobs", "created_at", first, "24 hours 1 second")
        await named()
        second = await line.submit(key="k", request="another")
        assert second["outcome"] == "submitted"
        assert second["job"]["id"] != first

    async def test_until_then_it_stands_for_its_job(self, line: Line, named: Named) -> None:
        first = await line.job(key="k")
        await line.turn_back("jobs", "created_at", first, "23 hours")
        await named()
        again = await line.submit(key="k")
        assert (again["outcome"], again["job"]["id"]) == ("replayed", first)


async def test_one_at_a_time(line: Line, owner: Any) -> None:
    await put_long_ago(line, f"{line.user_id}/{uuid4()}/1-0.png")
    async with owner.acquire() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(hashtext('public.housekeeping'))")
        assert await line.database.call("housekeeping") == {"outcome": "busy", "objects": {}}
