"""Which outputs an attempt may record, by ``report_progress`` and by ``complete_job`` alike."""

from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.lifecycle import Answer, Attempt, Line

SAID = ["report", "complete"]


@pytest.fixture
async def attempt(line: Line) -> Attempt:
    """The second attempt at three images."""
    first = await line.start(config={"num_images": 3, "seed": 7})
    await first.fail()
    return await line.start_again(first.job_id)


async def say(attempt: Attempt, said: str, *outputs: dict[str, Any]) -> Answer:
    return await (attempt.report(p_outputs=list(outputs)) if said == "report" else attempt.complete(*outputs))


async def refusal(attempt: Attempt, said: str, *outputs: dict[str, Any]) -> Answer:
    """The answer, which leaves every row as it was."""
    before = await attempt.state()
    answer = await say(attempt, said, *outputs)
    assert await attempt.state() == before
    return answer


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("key", ["path", "thumbnail_path"])
@pytest.mark.parametrize(
    "template",
    [
        "{user}/{job}/1-0.{suffix}",
        "{user}/{job}/22-0.{suffix}",
        "{user}/{job}/2-1.{suffix}",
        "{user}/{job}/2-00.{suffix}",
        "{user}/{job}/0.{suffix}",
        "{user}/{job}/2-0.{suffix}.exe",
        "{user}/{job}/2-0.{suffix}\n",
        "{user}/{job}/2-0x{suffix}",
        "{user}/{job}/x/2-0.{suffix}",
        "{user}/{job}/../{job}/2-0.{suffix}",
        "{user}/{other}/../{job}/2-0.{suffix}",
        "{user}/{other}/2-0.{suffix}",
        "{other}/{job}/2-0.{suffix}",
        "/{user}/{job}/2-0.{suffix}",
        "workspace-temp/{user}/{job}/2-0.{suffix}",
        "x{user}/{job}/2-0.{suffix}",
        "",
    ],
)
async def test_a_path_outside_the_attempt_s_own_is_refused(
    line: Line, attempt: Attempt, said: str, key: str, template: str
) -> None:
    """P4, P6: though an object lies there."""
    suffix, content_type = ("png", "image/png") if key == "path" else ("thumb.webp", "image/webp")
    path = template.format(user=line.user_id, job=attempt.job_id, other=uuid4(), suffix=suffix)
    await line.objects.put(path, content_type=content_type)
    output = await attempt.deliver() | {key: path}
    assert await refusal(attempt, said, output) == {
        "outcome": "output_refused",
        "reason": "path_outside_attempt",
        "index": 0,
    }
    await line.objects.remove(path)


@pytest.mark.parametrize("said", SAID)
async def test_another_user_s_finished_object_is_refused(line: Line, attempt: Attempt, said: str) -> None:
    """P6"""
    theirs = f"{uuid4()}/{uuid4()}/2-0.png"
    await line.objects.put(theirs)
    answer = await refusal(attempt, said, attempt.output(path=theirs, thumbnail_path=None))
    assert answer["reason"] == "path_outside_attempt"
    await line.objects.remove(theirs)


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("index", [-1, 3, 99])
async def test_an_index_that_was_not_asked_for_is_refused(attempt: Attempt, said: str, index: int) -> None:
    answer = await refusal(attempt, said, await attempt.deliver(index))
    assert answer == {"outcome": "output_refused", "reason": "index_out_of_range", "index": index}


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("key", ["path", "thumbnail_path"])
async def test_an_object_that_was_not_uploaded_is_missing(line: Line, attempt: Attempt, said: str, key: str) -> None:
    output = await attempt.deliver()
    await line.objects.remove(output[key])
    assert await refusal(attempt, said, output) == {"outcome": "output_missing", "reason": "object_missing", "index": 0}


@pytest.mark.parametrize("said", SAID)
async def test_an_object_of_that_name_in_another_bucket_does_not_count(line: Line, attempt: Attempt, said: str) -> None:
    output = attempt.output(thumbnail_path=None)
    await line.objects.put(output["path"], bucket="reference_images")
    assert (await refusal(attempt, said, output))["reason"] == "object_missing"


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize(
    ("key", "object_"),
    [
        ("path", {"size": 5_000_001}),
        ("thumbnail_path", {"size": 1024 * 1024 + 1, "content_type": "image/webp"}),
    ],
)
async def test_an_object_that_is_too_big_is_refused(
    line: Line, attempt: Attempt, said: str, key: str, object_: dict[str, Any]
) -> None:
    output = await attempt.deliver()
    await line.objects.put(output[key], **object_)
    assert (await refusal(attempt, said, output))["reason"] == "object_too_big"


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize(
    ("key", "content_type"),
    [("path", "image/webp"), ("path", "video/mp4"), ("path", None), ("thumbnail_path", "image/png")],
)
async def test_an_object_of_another_type_is_refused(
    line: Line, attempt: Attempt, said: str, key: str, content_type: str | None
) -> None:
    output = await attempt.deliver()
    await line.objects.put(output[key], content_type=content_type)
    assert (await refusal(attempt, said, output))["reason"] == "object_of_another_type"


@pytest.mark.parametrize("said", SAID)
async def test_one_bad_output_among_good_ones_leaves_none_of_them_written(attempt: Attempt, said: str) -> None:
    outputs = [await attempt.deliver(0), attempt.output(1), await attempt.deliver(2)]
    answer = await refusal(attempt, said, *outputs)
    assert (answer["outcome"], answer["index"]) == ("output_missing", 1)


async def test_objects_as_big_as_they_may_be_are_taken(line: Line, attempt: Attempt) -> None:
    output = await attempt.deliver()
    await line.objects.put(output["path"], size=5_000_000)
    await line.objects.put(output["thumbnail_path"], size=1024 * 1024, content_type="image/webp")
    assert (await say(attempt, "report", output))["outcome"] == "reported"
    assert (await line.rows("job_outputs", attempt.job_id))[0]["size_bytes"] == 5_000_000


async def test_an_output_may_come_without_a_thumbnail(line: Line, attempt: Attempt) -> None:
    output = await attempt.deliver() | {"thumbnail_path": None}
    assert (await say(attempt, "report", output))["outcome"] == "reported"
    assert (await line.rows("job_outputs", attempt.job_id))[0]["thumbnail_path"] is None


async def test_a_video_is_recorded_as_one(line: Line) -> None:
    attempt = await line.start(format="video", job_type="video_fast", output_type="video/mp4")
    output = await attempt.deliver()
    output["path"] = output["path"].replace(".png", ".mp4")
    await line.objects.put(output["path"], content_type="video/mp4")
    assert (await attempt.complete(output))["outcome"] == "completed"
    assert (await line.assets(attempt.job_id))[0]["asset_type"] == "video"


@pytest.mark.parametrize(("name", "outcome"), [("0", "completed"), ("1-0", "output_refused")])
async def test_a_legacy_worker_s_paths_have_no_attempt_number(line: Line, name: str, outcome: str) -> None:
    job_id = await line.job()
    await line.claim(job_id, None)
    attempt = Attempt(line, job_id, 1, [])
    path = f"{line.user_id}/{job_id}/{name}.png"
    await line.objects.put(path)
    assert (await attempt.complete(attempt.output(path=path, thumbnail_path=None)))["outcome"] == outcome
