"""Outputs that are refused: another's path, another type, too many bytes. Nothing is written, the attempt goes on."""

from typing import Any

import pytest

from tests.fixtures.users import User
from tests.fixtures.wire import Attempt, Wire

# SQL judges the outputs: it makes no difference how it is called.
pytestmark = pytest.mark.parametrize("edge", ["postgrest"], indirect=True)

MEGABYTE = 1024 * 1024


@pytest.fixture
async def attempt(wire: Wire) -> Attempt:
    return await wire.start()


@pytest.fixture(params=["processing", "completed"])
def say(request: pytest.FixtureRequest, attempt: Attempt) -> Any:
    """Name one output, in a progress report or at the end."""

    async def say(path: str, thumbnail_path: str | None = None, index: int = 0) -> Any:
        output = {"path": path, "thumbnail_path": thumbnail_path, "index": index}
        if request.param == "processing":
            return await attempt.say("processing", progress=0.9, stage="uploading", outputs=[output])
        asset = {"url": path, "thumbnail_url": thumbnail_path, "metadata": {"asset_index": index}}
        return await attempt.say("completed", assets=[asset])

    return say


async def assert_refused(wire: Wire, attempt: Attempt, answer: Any, reason: str) -> None:
    code = "output_missing" if reason == "object_missing" else "output_refused"
    assert (answer.status_code, answer.json()["code"]) == (409 if code == "output_missing" else 422, code)
    assert answer.json()["details"].startswith(f"reason: {reason}; index: ")
    assert (await wire.job(attempt.job_id))["status"] == "processing"
    assert await wire.outputs(attempt.job_id) == []
    assert await wire.assets(attempt.job_id) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path, _: path.replace("/1-0", "/2-0"),
        lambda path, _: path.replace("/1-0", "/0"),
        lambda path, _: path.replace("/1-0", "/1-1"),
        lambda path, _: path.replace("/1-0", "/../1-0"),
        lambda path, _: path.replace(".png", ".jpg"),
        lambda path, _: f"{path}/more.png",
        lambda path, _: f"x{path}",
        lambda path, _: path.upper(),
        lambda path, other: path.replace(path.split("/")[0], other),
        lambda path, other: path.replace(path.split("/")[1], other),
        lambda path, _: f"https://evil.test/{path}",
        lambda _, __: "../../etc/passwd",
    ],
    ids=[
        *("newer attempt", "no attempt", "another index", "dots", "another extension", "longer", "shifted", "capitals"),
        *("another user", "another job", "a URL", "outside"),
    ],
)
async def test_a_path_outside_the_attempt_is_refused(
    wire: Wire, attempt: Attempt, other_user: User, say: Any, spoil: Any
) -> None:
    """K3, P6: no report reaches another's object."""
    await attempt.deliver()
    answer = await say(spoil(attempt.upload()["path"], other_user.id))
    await assert_refused(wire, attempt, answer, "path_outside_attempt")


async def test_another_job_s_finished_object_is_refused(wire: Wire, attempt: Attempt, say: Any) -> None:
    """K3, also for an object of the same user."""
    other = await wire.start()
    await other.deliver()
    await assert_refused(wire, attempt, await say(other.upload()["path"]), "path_outside_attempt")


async def test_a_thumbnail_outside_the_attempt_is_refused(wire: Wire, attempt: Attempt, say: Any) -> None:
    other = await wire.start()
    await other.deliver()
    await attempt.deliver()
    answer = await say(attempt.upload()["path"], other.upload(0, "thumbnail")["path"])
    await assert_refused(wire, attempt, answer, "path_outside_attempt")


async def test_an_object_that_nobody_put_is_missing(wire: Wire, attempt: Attempt, say: Any) -> None:
    await assert_refused(wire, attempt, await say(attempt.upload()["path"]), "object_missing")


async def test_a_thumbnail_that_nobody_put_is_missing(wire: Wire, attempt: Attempt, say: Any) -> None:
    await attempt.put(attempt.upload())
    answer = await say(attempt.upload()["path"], attempt.upload(0, "thumbnail")["path"])
    await assert_refused(wire, attempt, answer, "object_missing")


async def test_an_object_over_the_type_s_limit_is_refused(wire: Wire, attempt: Attempt, say: Any) -> None:
    upload = attempt.upload()
    assert (await attempt.put(upload, b"x" * (upload["byte_limit"] + 1))).status_code == 200
    await assert_refused(wire, attempt, await say(upload["path"]), "object_too_big")


async def test_a_thumbnail_over_its_limit_is_refused(wire: Wire, attempt: Attempt, say: Any) -> None:
    thumbnail = attempt.upload(0, "thumbnail")
    await attempt.put(attempt.upload())
    assert (await attempt.put(thumbnail, b"x" * (MEGABYTE + 1))).status_code == 200
    answer = await say(attempt.upload()["path"], thumbnail["path"])
    await assert_refused(wire, attempt, answer, "object_too_big")


@pytest.mark.parametrize("content_type", ["image/webp", "video/mp4"])
async def test_an_object_of_another_type_is_refused(wire: Wire, attempt: Attempt, say: Any, content_type: str) -> None:
    """K9: the type is what storage says it is, not what its name says."""
    assert (await attempt.put(attempt.upload(), content_type=content_type)).status_code == 200
    await assert_refused(wire, attempt, await say(attempt.upload()["path"]), "object_of_another_type")


async def test_storage_itself_takes_no_type_that_no_job_makes(attempt: Attempt) -> None:
    answer = await attempt.put(attempt.upload(), b"<script>", "text/html")
    assert answer.status_code == 400


@pytest.mark.parametrize("index", [1, 5, 99])
async def test_an_index_beyond_the_batch_is_refused(wire: Wire, attempt: Attempt, say: Any, index: int) -> None:
    await attempt.deliver()
    path = attempt.upload()["path"].replace("1-0", f"1-{index}")
    await assert_refused(wire, attempt, await say(path, index=index), "index_out_of_range")


async def test_one_bad_output_keeps_the_good_ones_out_too(wire: Wire) -> None:
    """K5: all or nothing."""
    attempt = await wire.start(num_images=3)
    await attempt.deliver(0, 1)
    answer = await attempt.say("completed", assets=attempt.assets(0, 1, 2))
    await assert_refused(wire, attempt, answer, "object_missing")


async def test_a_refused_output_may_be_delivered_right_and_the_job_completes(attempt: Attempt) -> None:
    assert (await attempt.say("completed", assets=attempt.assets(0))).status_code == 409
    assert (await attempt.complete()).json()["status"] == "completed"
