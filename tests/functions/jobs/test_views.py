"""From rows to what clients see."""

from typing import Any

import pytest

from functions.jobs.views import URL_SECONDS, job_views
from tests.fixtures.functions import Doubles
from tests.fixtures.rows import job_row


def asset(index: int, thumbnail: bool = True) -> dict[str, Any]:
    return {
        "asset_index": index,
        "temp_storage_path": f"u/j/1-{index}.png",
        "thumbnail_path": f"u/j/1-{index}.thumb.webp" if thumbnail else None,
    }


def found(row: dict[str, Any], *assets: dict[str, Any], position: int | None = None) -> dict[str, Any]:
    """As SQL gives a job."""
    etas = {"eta_p50_seconds": 40, "eta_p90_seconds": 60}
    return {"job": row, "position": position, **etas, "assets": list(assets)}


async def view(doubles: Doubles, item: dict[str, Any]) -> dict[str, Any]:
    """What a client gets, every object of it in storage."""
    for one in item["assets"]:
        for path in (one["temp_storage_path"], one["thumbnail_path"]):
            doubles.storage.objects.add(("workspace-temp", path))
    (view,) = await job_views(doubles.clients, [item])
    return view.model_dump(mode="json")


async def test_the_row_is_shown_without_the_lifecycle_s_bookkeeping(doubles: Doubles) -> None:
    row = job_row()
    shown = await view(doubles, found(row, position=0))
    assert shown["id"] == row["id"]
    assert shown["config"] == row["config"]
    assert shown["metadata"]["model_variant"] == "sdxl_shapes"
    assert not {"turn", "handout", "failures", "request_hash"} & shown.keys()


@pytest.mark.parametrize(("progress", "percent"), [(0, 0), (0.005, 0), (0.25, 25), (0.999, 100), (1, 100)])
async def test_progress_is_told_in_percent(doubles: Doubles, progress: float, percent: int) -> None:
    assert (await view(doubles, found(job_row(progress=progress))))["progress"] == percent


async def test_each_asset_has_urls_signed_now(doubles: Doubles) -> None:
    """K11: a URL that runs out is stored nowhere."""
    shown = await view(doubles, found(job_row(status="completed"), asset(0)))
    (only,) = shown["assets"]
    assert only["url"] == f"https://storage.test/workspace-temp/u/j/1-0.png?seconds={URL_SECONDS}"
    assert only["thumbnail_url"] == f"https://storage.test/workspace-temp/u/j/1-0.thumb.webp?seconds={URL_SECONDS}"


async def test_an_asset_without_a_thumbnail_has_none(doubles: Doubles) -> None:
    shown = await view(doubles, found(job_row(status="completed"), asset(0, thumbnail=False)))
    assert shown["assets"][0]["thumbnail_url"] is None


async def test_the_documents_all_assets_and_primary_asset_are_the_urls_in_index_order(doubles: Doubles) -> None:
    shown = await view(doubles, found(job_row(status="completed"), asset(0), asset(1), asset(2)))
    urls = [one["url"] for one in shown["assets"]]
    assert shown["metadata"]["all_assets"] == urls
    assert shown["metadata"]["primary_asset"] == urls[0]


async def test_an_object_that_is_gone_has_no_url_and_is_no_primary_asset(doubles: Doubles) -> None:
    item = found(job_row(status="completed"), asset(0), asset(1))
    doubles.storage.objects.add(("workspace-temp", "u/j/1-1.png"))
    (gone,) = await job_views(doubles.clients, [item])
    shown = gone.model_dump()
    assert [one["url"] is None for one in shown["assets"]] == [True, False]
    assert shown["metadata"]["primary_asset"] == shown["assets"][1]["url"]
    assert len(shown["metadata"]["all_assets"]) == 1


async def test_a_job_without_assets_has_no_primary_one(doubles: Doubles) -> None:
    shown = await view(doubles, found(job_row()))
    assert (shown["metadata"]["all_assets"], shown["metadata"]["primary_asset"]) == ([], None)


async def test_a_client_s_own_all_assets_is_not_taken_for_ours(doubles: Doubles) -> None:
    """K13: what the server answers for, it says last."""
    row = job_row(metadata={"all_assets": ["https://evil.test"], "primary_asset": "https://evil.test"})
    shown = await view(doubles, found(row))
    assert (shown["metadata"]["all_assets"], shown["metadata"]["primary_asset"]) == ([], None)


@pytest.mark.parametrize(
    ("status", "error"),
    [("queued", None), ("processing", None), ("completed", None), ("failed", "no"), ("cancelled", "no")],
)
async def test_an_error_is_told_once_it_is_the_last_word(doubles: Doubles, status: str, error: str | None) -> None:
    """A job that is queued again still has the reason of the attempt before in its row."""
    assert (await view(doubles, found(job_row(status=status, error_message="no"))))["error"] == error


async def test_place_and_times_are_those_of_the_database(doubles: Doubles) -> None:
    shown = await view(doubles, found(job_row(), position=3))
    assert (shown["position"], shown["etaSeconds"], shown["etaP90Seconds"]) == (3, 40, 60)


async def test_no_jobs_are_no_views(doubles: Doubles) -> None:
    assert await job_views(doubles.clients, []) == []
