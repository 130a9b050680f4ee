"""``complete_job``: every output is there, or nothing is completed."""

from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.concurrency import at_once
from tests.fixtures.lifecycle import Attempt, Line
from tests.fixtures.sweeping import Sweep

TEXT = {"format": "text", "job_type": "chat_enhance", "model_type": "chat", "output_type": "text/plain"}


@pytest.fixture
async def attempt(line: Line) -> Attempt:
    """At three images."""
    return await line.start(config={"num_images": 3, "seed": 7})


async def deliver_all(attempt: Attempt) -> list[dict[str, Any]]:
    return [await attempt.deliver(index) for index in range(3)]


async def test_a_job_with_all_outputs_is_completed(line: Line, attempt: Attempt) -> None:
    answer = await attempt.complete(*await deliver_all(attempt))
    assert (answer["outcome"], answer["assets"], answer["job"]["status"]) == ("completed", 3, "completed")
    row = await attempt.row()
    assert (row["status"], row["stage"], row["progress"]) == ("completed", "completed", 1)
    assert row["completed_at"] is not None
    assert await line.rows("job_leases", attempt.job_id) == []


async def test_one_asset_stands_for_each_output(line: Line, attempt: Attempt) -> None:
    """P2"""
    outputs = await deliver_all(attempt)
    await attempt.complete(*reversed(outputs))
    assets = await line.assets(attempt.job_id)
    assert [asset["asset_index"] for asset in assets] == [0, 1, 2]
    assert [asset["temp_storage_path"] for asset in assets] == [output["path"] for output in outputs]
    assert [asset["thumbnail_path"] for asset in assets] == [output["thumbnail_path"] for output in outputs]
    assert {str(asset["user_id"]) for asset in assets} == {line.user_id}


async def test_an_asset_tells_the_effective_seed_and_what_storage_measured(line: Line, attempt: Attempt) -> None:
    """P9"""
    await attempt.complete(*await deliver_all(attempt))
    asset = (await line.assets(attempt.job_id))[2]
    assert asset["generation_seed"] == 7 + 2
    assert (asset["file_size_bytes"], asset["mime_type"], asset["asset_type"]) == (1000, "image/png", "image")
    assert (asset["width"], asset["height"], asset["duration_seconds"]) == (64, 48, None)
    assert asset["original_prompt"] == "a red circle on a blue background"
    assert asset["model_used"] == "small"
    assert (asset["expires_at"] - asset["created_at"]).days in (6, 7)


async def test_what_the_worker_says_of_an_output_goes_before_what_was_planned(line: Line) -> None:
    """P9"""
    attempt = await line.start()
    said = {"seed": 99, "model_variant": "really_used", "duration_seconds": 5.0625, "steps": 4}
    await attempt.complete(await attempt.deliver() | {"metadata": said})
    (asset,) = await line.assets(attempt.job_id)
    assert (asset["generation_seed"], asset["model_used"]) == (99, "really_used")
    assert asset["duration_seconds"] == Decimal("5.063")
    assert asset["generation_settings"].items() >= {**said, "quality": "fast", "format": "image"}.items()


async def test_an_image_s_settings_are_those_that_the_documents_name(line: Line, attempt: Attempt) -> None:
    """The metadata of ``images`` of 2025-07-16, each computed: paths for URLs."""
    outputs = await deliver_all(attempt)
    await attempt.complete(*outputs, p_metadata={"generation_time": 15.5})
    settings = [asset["generation_settings"] for asset in await line.assets(attempt.job_id)]
    assert [one["image_index"] for one in settings] == [0, 1, 2]
    assert [one["seed"] for one in settings] == [7, 8, 9]
    assert (
        settings[1].items()
        >= {
            "model_type": "sdxl",
            "is_sdxl": True,
            "is_enhanced": False,
            "generation_time": 15.5,
            "total_images": 3,
            "original_job_id": attempt.job_id,
        }.items()
    )
    paths = [output["path"] for output in outputs]
    debug = settings[1]["callback_debug"]
    assert (debug["job_type"], debug["primary_asset"], debug["received_assets"]) == ("sdxl_image_fast", paths[0], paths)
    assert settings[1]["callback_processed_at"] <= debug["processing_timestamp"]


async def test_a_video_s_settings_tell_where_it_lies(line: Line) -> None:
    """The metadata of ``videos`` of 2025-07-16."""
    video = {"format": "video", "job_type": "video7b_high_enhanced", "model_type": "wan", "output_type": "video/mp4"}
    attempt = await line.start(**video)
    output = await attempt.deliver()
    path = output["path"].replace(".png", ".mp4")
    await line.objects.put(path, content_type="video/mp4")
    await attempt.complete({**output, "path": path}, p_metadata={"enhanced_prompt": "a redder circle"})
    (asset,) = await line.assets(attempt.job_id)
    settings = asset["generation_settings"]
    assert (settings["bucket"], settings["stored_path"]) == ("workspace-temp", path)
    assert (settings["model_type"], settings["is_sdxl"], settings["is_enhanced"]) == ("enhanced-7b", False, True)
    assert settings["enhanced_prompt"] == "a redder circle"
    assert "image_index" not in settings


async def test_a_worker_says_neither_title_nor_tags_nor_what_the_server_knows(line: Line) -> None:
    """K13: they are the user's, and the job's."""
    attempt = await line.start()
    said = {"custom_title": "theirs", "tags": "not even a list", "original_job_id": "another", "image_index": 5}
    await attempt.complete(await attempt.deliver() | {"metadata": said})
    (asset,) = await line.assets(attempt.job_id)
    settings = asset["generation_settings"]
    assert (settings["original_job_id"], settings["image_index"]) == (attempt.job_id, 0)
    assert not {"custom_title", "tags"} & settings.keys()


@pytest.mark.parametrize(("destination", "is_due"), [("workspace", False), ("library", True)])
async def test_what_goes_to_the_library_is_due_to_be_saved(line: Line, destination: str, is_due: bool) -> None:
    attempt = await line.start(destination=destination)
    await attempt.finish()
    (asset,) = await line.assets(attempt.job_id)
    assert (asset["save_due_at"] is not None) == is_due


async def test_outputs_that_were_reported_before_need_not_be_told_again(line: Line, attempt: Attempt) -> None:
    await attempt.report(p_outputs=await deliver_all(attempt))
    assert (await attempt.complete())["outcome"] == "completed"
    assert len(await line.assets(attempt.job_id)) == 3


@pytest.mark.parametrize("absent", [0, 1, 2])
async def test_each_index_is_needed(line: Line, attempt: Attempt, absent: int) -> None:
    """K5, P9"""
    outputs = await deliver_all(attempt)
    del outputs[absent]
    answer = await attempt.complete(*outputs)
    assert (answer["outcome"], answer["missing"]) == ("output_missing", [absent])
    assert (await attempt.row())["status"] == "processing"
    assert await line.assets(attempt.job_id) == []


async def test_a_job_that_lacked_an_output_may_still_be_completed(line: Line, attempt: Attempt) -> None:
    outputs = await deliver_all(attempt)
    await attempt.complete(outputs[0])
    assert (await attempt.complete(*outputs[1:]))["outcome"] == "completed"
    assert len(await line.assets(attempt.job_id)) == 3


@pytest.mark.parametrize("change", ["removed", "replaced"])
async def test_an_object_that_is_no_longer_what_was_recorded_is_missing(
    line: Line, attempt: Attempt, change: str
) -> None:
    """P9"""
    outputs = await deliver_all(attempt)
    await attempt.report(p_outputs=outputs)
    path = outputs[1]["path"]
    await (line.objects.remove(path) if change == "removed" else line.objects.put(path))
    answer = await attempt.complete()
    assert (answer["outcome"], answer["missing"]) == ("output_missing", [1])
    assert await line.assets(attempt.job_id) == []


async def test_a_second_attempt_completes_with_what_both_delivered(line: Line, attempt: Attempt) -> None:
    await attempt.report(p_outputs=[await attempt.deliver(1)])
    await attempt.fail()
    second = await line.start_again(attempt.job_id)
    assert (await second.complete(await second.deliver(0), await second.deliver(2)))["outcome"] == "completed"
    makers = [asset["temp_storage_path"].rsplit("/")[-1] for asset in await line.assets(attempt.job_id)]
    assert makers == ["2-0.png", "1-1.png", "2-2.png"]


async def test_a_text_job_is_completed_with_its_result_and_no_asset(line: Line) -> None:
    attempt = await line.start(**TEXT)
    answer = await attempt.complete(p_result={"text": "A red circle."})
    assert (answer["outcome"], answer["job"]["result"]) == ("completed", {"text": "A red circle."})
    assert await line.assets(attempt.job_id) == []


async def test_the_last_partial_text_stands_where_no_result_is_told(line: Line) -> None:
    attempt = await line.start(**TEXT)
    await attempt.report(p_text="A red circle.")
    assert (await attempt.complete())["job"]["result"] == {"text": "A red circle."}


async def test_the_worker_s_metadata_cannot_overwrite_the_owner_s(line: Line) -> None:
    """K13"""
    attempt = await line.start(metadata={"model_variant": "small", "note": "mine"}, warnings=["first"])
    said = {"note": "theirs", "model_variant": "theirs", "warnings": ["second"], "enhanced_prompt": "a redder circle"}
    job = (await attempt.complete(await attempt.deliver(), p_metadata=said))["job"]
    assert (job["metadata"]["note"], job["metadata"]["model_variant"]) == ("mine", "small")
    assert job["metadata"]["worker"] == said
    assert job["warnings"] == ["first", "second"]
    assert job["enhanced_prompt"] == "a redder circle"


async def test_an_earlier_attempt_s_error_does_not_stay_on_a_completed_job(line: Line) -> None:
    """P9"""
    first = await line.start()
    await first.fail()
    await (await line.start_again(first.job_id)).finish()
    row = await first.row()
    assert (row["error_code"], row["error_message"]) == (None, None)


async def test_a_completion_that_comes_before_the_cancellation_is_heeded_wins(line: Line, attempt: Attempt) -> None:
    await line.cancel(attempt.job_id)
    assert (await attempt.complete(*await deliver_all(attempt)))["outcome"] == "completed"


async def test_a_second_completion_is_over_and_changes_nothing(attempt: Attempt) -> None:
    """P2, P5"""
    outputs = await deliver_all(attempt)
    await attempt.complete(*outputs)
    before = await attempt.state()
    assert await attempt.complete(*outputs) == {"outcome": "over", "status": "completed"}
    assert await attempt.state() == before


async def test_of_two_completions_at_once_one_is_heard(line: Line, attempt: Attempt) -> None:
    """P2"""
    outputs = await deliver_all(attempt)
    answers = await at_once(line.owner, attempt.job_id, attempt.complete(*outputs), attempt.complete(*outputs))
    assert sorted(answer["outcome"] for answer in answers) == ["completed", "over"]
    assert len(await line.assets(attempt.job_id)) == 3


async def test_an_old_attempt_completes_nothing(line: Line, attempt: Attempt) -> None:
    """P4"""
    outputs = await deliver_all(attempt)
    await attempt.fail()
    await line.start_again(attempt.job_id)
    before = await attempt.state()
    assert await attempt.complete(*outputs) == {"outcome": "stale_attempt"}
    assert await attempt.state() == before


async def test_an_attempt_whose_lease_ended_completes_while_nobody_claimed_a_newer_one(
    line: Line, attempt: Attempt, sweep: Sweep
) -> None:
    await attempt.lose_lease()
    await sweep()
    await line.hand_out_again(attempt.job_id)
    answer = await attempt.complete(*await deliver_all(attempt))
    assert answer["outcome"] == "completed"
    assert (answer["job"]["attempts"], answer["job"]["failures"]) == (1, 0)
    assert await line.handed_out() == []


async def test_but_not_after_a_newer_claim(line: Line, attempt: Attempt, sweep: Sweep) -> None:
    """P4"""
    await attempt.lose_lease()
    await sweep()
    second = await line.start_again(attempt.job_id)
    assert await attempt.complete(*await deliver_all(attempt)) == {"outcome": "stale_attempt"}
    assert (await second.complete(*await deliver_all(second)))["outcome"] == "completed"
    assert {asset["temp_storage_path"].split("/")[-1][0] for asset in await line.assets(attempt.job_id)} == {"2"}


@pytest.mark.parametrize(
    ("warnings", "kept"),
    [
        (["a", None, {"b": 1}, 7, "c"], ["a", "c"]),
        ("a", []),
        (None, []),
        (["x"] * 30, ["x"] * 20),
        (["x" * 900], ["x" * 500]),
    ],
)
async def test_of_a_worker_s_warnings_texts_are_kept(line: Line, warnings: Any, kept: list[str]) -> None:
    """P9: whatever a worker says, the row can be answered with."""
    attempt = await line.start()
    await attempt.complete(await attempt.deliver(), p_metadata={"warnings": warnings})
    assert (await attempt.row())["warnings"] == kept
