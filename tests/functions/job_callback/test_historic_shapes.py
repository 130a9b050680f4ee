"""The three shapes of an end report that workers ever sent give the same rows."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.fixtures.users import User
from tests.fixtures.wire import PNG, WEBP, Attempt, Wire

# The shapes are read before SQL is called: it makes no difference how.
pytestmark = pytest.mark.parametrize("edge", ["postgrest"], indirect=True)

Shape = Callable[[Attempt, User], dict[str, Any]]


def bare_paths(attempt: Attempt, _: User) -> dict[str, Any]:
    """2025-07-07 to 07-30: ``assets: string[]``."""
    return {"job_id": attempt.job_id, "assets": [attempt.upload(index)["path"] for index in range(3)]}


def typed_urls(attempt: Attempt, _: User) -> dict[str, Any]:
    """What the workers of 2025-08 sent."""
    assets = [
        {
            "type": "image",
            "url": f"workspace-temp/{attempt.upload(index)['path']}",
            "thumbnail_url": f"workspace-temp/{attempt.upload(index, 'thumbnail')['path']}",
            "metadata": {"width": 64, "height": 64, "seed": 41 + index, "asset_index": index},
        }
        for index in range(3)
    ]
    return {"job_id": attempt.job_id, "worker_id": "sdxl-1", "assets": assets}


def temp_storage_paths(attempt: Attempt, stranger: User) -> dict[str, Any]:
    """The consolidated document of 2025-08-16, with somebody else as the user and sizes that are made up."""
    assets = [
        {
            "assetType": "image",
            "tempStoragePath": attempt.upload(index)["path"],
            "fileSizeBytes": 1,
            "mimeType": "image/jpeg",
            "assetIndex": index,
        }
        for index in range(3)
    ]
    return {"jobId": attempt.job_id, "userId": stranger.id, "results": {"assets": assets}}


@pytest.fixture(params=[bare_paths, typed_urls, temp_storage_paths])
def shape(request: pytest.FixtureRequest) -> Shape:
    chosen: Shape = request.param
    return chosen


async def reported(wire: Wire, shape: Shape, stranger: User) -> Attempt:
    attempt = await wire.start(num_images=3, seed=41)
    await attempt.deliver()
    body = {"status": "completed", **shape(attempt, stranger), "metadata": {"generation_time": 1.5}}
    answer = await wire.edge.http.post("job-callback", json=body, headers=attempt.headers)
    assert answer.status_code == 200, answer.text
    return attempt


async def test_each_shape_gives_the_same_rows(wire: Wire, other_user: User, shape: Shape) -> None:
    attempt = await reported(wire, shape, other_user)
    rows = await wire.assets(attempt.job_id)
    expected = [
        {
            "user_id": wire.user.id,
            "asset_index": index,
            "asset_type": "image",
            "temp_storage_path": attempt.upload(index)["path"],
            "file_size_bytes": len(PNG),
            "mime_type": "image/png",
            "generation_seed": 41 + index,
            "original_prompt": "a red cat",
            "model_used": "sdxl_shapes",
        }
        for index in range(3)
    ]
    assert [{name: row[name] for name in expected[0]} | {"user_id": str(row["user_id"])} for row in rows] == expected


async def test_the_owner_is_the_job_s_whoever_the_worker_names(wire: Wire, other_user: User, shape: Shape) -> None:
    """K2: no asset is planted in another account."""
    attempt = await reported(wire, shape, other_user)
    owners = {str(asset["user_id"]) for asset in await wire.assets(attempt.job_id)}
    assert owners == {wire.user.id}
    assert str((await wire.job(attempt.job_id))["user_id"]) == wire.user.id


async def test_a_thumbnail_is_there_where_the_shape_names_one(wire: Wire, other_user: User) -> None:
    attempt = await reported(wire, typed_urls, other_user)
    paths = [asset["thumbnail_path"] for asset in await wire.assets(attempt.job_id)]
    assert paths == [attempt.upload(index, "thumbnail")["path"] for index in range(3)]
    urls = await wire.edge.clients.storage.sign_downloads("workspace-temp", paths, 60)
    assert (await wire.web.get(urls[paths[0]])).content == WEBP


@pytest.mark.parametrize("name", ["errorMessage", "error_message", "error"])
async def test_each_spelling_of_an_error_gives_the_same_row(wire: Wire, name: str) -> None:
    attempt = await wire.start()
    await attempt.say("failed", **{name: "It is broken.", "assets": []})
    row = await wire.job(attempt.job_id)
    assert (row["status"], row["error_code"], row["error_message"]) == (
        *("failed", "generation_failed", "It is broken."),
    )
