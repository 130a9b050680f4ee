"""``plan_copy`` and ``finish_copy``: a library asset back in the workspace, once."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.edge.assets.saves import save
from tests.fixtures.library import Shelf, add_to_library
from tests.fixtures.lifecycle import Line
from tests.fixtures.limits import limits


async def finish(shelf: Shelf, library_id: str, *, size: int = 1000) -> dict[str, Any]:
    """After a copy of that size."""
    job_id = uuid4()
    path = f"{shelf.user_id}/{job_id}/1-0.png"
    await shelf.line.objects.put(path, size=size)
    answer = await shelf.call(
        "finish_copy", p_library_asset_id=library_id, p_job_id=job_id, p_path=path, p_thumbnail_path=None
    )
    await shelf.storage.remove("workspace-temp", answer["objects"]["workspace-temp"])
    return answer


async def plan(shelf: Shelf, library_id: str) -> dict[str, Any]:
    return await shelf.call("plan_copy", p_library_asset_id=library_id)


async def test_a_copy_is_a_completed_job_with_one_asset(shelf: Shelf) -> None:
    library_id = await add_to_library(shelf.line, generation_seed=7, width=64, height=48)
    assert (await finish(shelf, library_id))["outcome"] == "copied"
    (asset,) = await shelf.workspace()
    job = await shelf.line.row(str(asset["job_id"]))
    assert (job["status"], job["destination"], job["job_type"]) == ("completed", "workspace", "sdxl_image_high")
    assert (job["metadata"]["source"], job["metadata"]["library_asset_id"]) == ("library_copy", library_id)
    assert (asset["generation_seed"], asset["width"], asset["height"]) == (7, 64, 48)
    assert asset["temp_storage_path"].startswith(f"{shelf.user_id}/{job['id']}/")
    assert asset["generation_settings"]["source"] == "library_copy"


async def test_it_is_of_the_type_that_made_it(shelf: Shelf) -> None:
    asset_id = await shelf.asset(job_type="sdxl_image_fast", quality="fast")
    (saved,) = await save(shelf.clients, shelf.user_id, asset_ids=[asset_id], is_clearing=True)
    await finish(shelf, str(saved.library_asset_id))
    (asset,) = await shelf.workspace()
    job = await shelf.line.row(str(asset["job_id"]))
    assert (job["job_type"], job["quality"], job["queue"]) == ("sdxl_image_fast", "fast", "sdxl_queue")


async def test_a_seed_that_nobody_knows_stays_unknown(shelf: Shelf) -> None:
    """W8, P9: no error, and none is invented."""
    await finish(shelf, await add_to_library(shelf.line, generation_seed=None))
    assert [asset["generation_seed"] for asset in await shelf.workspace()] == [None]


async def test_a_second_copy_is_the_first(shelf: Shelf) -> None:
    """W8: known by the library asset's id, not by its prompt."""
    library_id, twin = await add_to_library(shelf.line), await add_to_library(shelf.line)
    first = await finish(shelf, library_id)
    second = await finish(shelf, library_id)
    assert (second["outcome"], second["workspace_asset_id"]) == ("exists", first["workspace_asset_id"])
    assert (await plan(shelf, library_id))["workspace_asset_id"] == first["workspace_asset_id"]
    assert len(await shelf.objects("workspace-temp")) == 1
    assert (await finish(shelf, twin))["outcome"] == "copied"


async def test_a_discarded_copy_may_be_made_again(shelf: Shelf) -> None:
    library_id = await add_to_library(shelf.line)
    first = await finish(shelf, library_id)
    await shelf.call("delete_asset", p_asset_id=first["workspace_asset_id"])
    assert (await finish(shelf, library_id))["outcome"] == "copied"


async def test_a_copy_whose_object_was_lost_is_made_again(shelf: Shelf) -> None:
    library_id = await add_to_library(shelf.line)
    await finish(shelf, library_id)
    await shelf.storage.remove("workspace-temp", list(await shelf.objects("workspace-temp")))
    assert (await plan(shelf, library_id))["outcome"] == "planned"
    again = await finish(shelf, library_id)
    assert [str(asset["id"]) for asset in await shelf.workspace()] == [again["workspace_asset_id"]]


async def test_a_copy_that_is_not_whole_leaves_nothing(shelf: Shelf) -> None:
    """W8: neither job nor row nor object."""
    answer = await finish(shelf, await add_to_library(shelf.line), size=999)
    assert (answer["outcome"], answer["workspace_asset_id"]) == ("not_verified", None)
    assert (await shelf.workspace(), await shelf.objects("workspace-temp")) == ([], set())
    assert await shelf.line.owner.fetchval("select count(*) from jobs where user_id = $1", shelf.user_id) == 0


async def test_another_s_library_asset_is_not_found(shelf: Shelf, other_line: Line) -> None:
    """P6, S1"""
    theirs = await add_to_library(other_line)
    assert await plan(shelf, theirs) == {"outcome": "not_found"}
    answer = await finish(shelf, theirs)
    assert (answer["outcome"], await shelf.objects("workspace-temp")) == ("not_found", set())


async def test_title_and_tags_come_back_with_the_next_save(shelf: Shelf) -> None:
    """W9"""
    library_id = await add_to_library(shelf.line, custom_title="Cat", tags=["a", "b"])
    copied = await finish(shelf, library_id)
    await shelf.call("delete_asset", p_asset_id=library_id)
    assert len(await shelf.workspace()) == 1
    (saved,) = await save(shelf.clients, shelf.user_id, asset_ids=[copied["workspace_asset_id"]])
    (kept,) = await shelf.library()
    assert (saved.is_new, kept["custom_title"], kept["tags"]) == (True, "Cat", ["a", "b"])


@pytest.mark.parametrize("limit", ["jobs_per_minute", "jobs_in_flight"])
async def test_copies_are_no_submissions(shelf: Shelf, limit: str) -> None:
    await finish(shelf, await add_to_library(shelf.line))
    async with limits(shelf.line.owner, **{limit: 1}):
        assert (await shelf.line.submit())["outcome"] == "submitted"


async def test_copies_count_for_no_success(shelf: Shelf) -> None:
    """P9: no worker ran them."""
    await finish(shelf, await add_to_library(shelf.line))
    job_id = (await shelf.workspace())[0]["job_id"]
    await shelf.line.owner.execute("update jobs set queue = $1 where id = $2", shelf.line.queue, UUID(str(job_id)))
    rate = "select success_rate from private.last_ended($1)"
    assert await shelf.line.owner.fetchval(rate, shelf.line.queue) is None
    seen = "select count(*) from private.last_completed(10) where queue = $1"
    assert await shelf.line.owner.fetchval(seen, shelf.line.queue) == 0


async def test_copies_at_once_make_one(shelf: Shelf) -> None:
    library_id = await add_to_library(shelf.line)
    answers = await asyncio.gather(*(finish(shelf, library_id) for _ in range(4)))
    assert sorted(answer["outcome"] for answer in answers) == ["copied", "exists", "exists", "exists"]
    assert len(await shelf.workspace()) == len(await shelf.objects("workspace-temp")) == 1
