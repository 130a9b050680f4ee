"""Ends of attempts over the stack."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.wire import PNG, Attempt, Wire


async def test_a_completed_job_has_one_asset_for_each_index(wire: Wire) -> None:
    """P2."""
    attempt = await wire.start(num_images=3, seed=41)
    assert (await attempt.complete()).json()["debug"]["assetsProcessed"] == 3
    row, assets = await wire.job(attempt.job_id), await wire.assets(attempt.job_id)
    assert (row["status"], row["stage"], row["progress"]) == ("completed", "completed", 1)
    assert row["completed_at"] is not None
    assert [asset["asset_index"] for asset in assets] == [0, 1, 2]


async def test_an_asset_s_columns_are_what_storage_and_the_worker_say(wire: Wire) -> None:
    """K7: real sizes, in their columns."""
    attempt = await wire.start()
    await attempt.complete()
    (asset,) = await wire.assets(attempt.job_id)
    assert str(asset["user_id"]) == wire.user.id
    assert asset["temp_storage_path"] == attempt.upload()["path"]
    assert asset["thumbnail_path"] == attempt.upload(0, "thumbnail")["path"]
    assert (asset["file_size_bytes"], asset["mime_type"]) == (len(PNG), "image/png")
    assert (asset["width"], asset["height"], asset["generation_seed"]) == (64, 64, 100)
    assert (asset["model_used"], asset["original_prompt"]) == ("sdxl_shapes", "a red cat")


async def test_without_a_seed_from_the_worker_the_ordered_one_counts(wire: Wire) -> None:
    """K8: no seed is invented."""
    attempt = await wire.start(num_images=3, seed=41)
    await attempt.deliver()
    await attempt.say("completed", assets=[attempt.upload(index)["path"] for index in range(3)])
    assert [asset["generation_seed"] for asset in await wire.assets(attempt.job_id)] == [41, 42, 43]


async def test_the_same_completion_again_is_skipped_and_changes_nothing(wire: Wire) -> None:
    """K4: an end is an end."""
    attempt = await wire.start()
    await attempt.complete()
    before = (await wire.job(attempt.job_id), await wire.assets(attempt.job_id))
    for status in ("completed", "failed", "cancelled", "processing"):
        answer = await attempt.say(status, assets=attempt.assets(0), metadata={"late": True})
        assert (answer.status_code, answer.json()["skipped"]) == (200, True)
        assert answer.json()["status"] == "completed"
    assert (await wire.job(attempt.job_id), await wire.assets(attempt.job_id)) == before


async def test_many_completions_at_once_make_one_set_of_assets(wire: Wire) -> None:
    """K4, K13: reports that race are heard one after another."""
    attempt = await wire.start(num_images=3)
    await attempt.deliver()
    answers = await asyncio.gather(*(attempt.say("completed", assets=attempt.assets(0, 1, 2)) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert sum("skipped" not in answer.json() for answer in answers) == 1
    assert len(await wire.assets(attempt.job_id)) == 3


async def test_a_missing_output_leaves_the_job_running_without_an_asset(wire: Wire) -> None:
    """K5: completed and its assets are one transaction."""
    attempt = await wire.start(num_images=3)
    await attempt.deliver(0, 2)
    answer = await attempt.say("completed", assets=attempt.assets(0, 2))
    assert (answer.status_code, answer.json()["code"]) == (409, "output_missing")
    assert "missing: [1]" in answer.json()["details"]
    assert (await wire.job(attempt.job_id))["status"] == "processing"
    assert await wire.assets(attempt.job_id) == []

    await attempt.deliver(1)
    assert (await attempt.say("completed", assets=attempt.assets(0, 1, 2))).json()["status"] == "completed"
    assert len(await wire.assets(attempt.job_id)) == 3


async def test_outputs_of_progress_reports_need_no_second_mention(wire: Wire) -> None:
    attempt = await wire.start()
    await attempt.deliver()
    await attempt.say("processing", progress=0.9, stage="uploading", outputs=attempt.outputs(0))
    assert (await attempt.say("completed")).json()["status"] == "completed"
    assert len(await wire.assets(attempt.job_id)) == 1


async def test_the_worker_s_metadata_has_a_key_of_its_own(wire: Wire) -> None:
    """K13: it cannot overwrite the owner's."""
    attempt = await wire.start(metadata={"camera_angle": "low"}, seed=41)
    reported = {
        "seed": 5,
        "camera_angle": "high",
        "model_variant": "theirs",
        "credits": 0,
        "enhancement_strategy": "compel",
        "worker_used": "sdxl",
        "memory_pressure": "low",
    }
    await attempt.complete(metadata=reported)
    metadata = (await wire.job(attempt.job_id))["metadata"]
    assert metadata["worker"] == reported
    assert (metadata["seed"], metadata["camera_angle"]) == (41, "low")
    assert (metadata["model_variant"], metadata["credits"]) == ("sdxl_shapes", 1)


async def test_a_prompt_that_the_worker_enhanced_stands_in_the_row(wire: Wire) -> None:
    attempt = await wire.start()
    answer = await attempt.complete(enhancedPrompt="a fine red cat")
    assert answer.json()["debug"]["isEnhanced"] is True
    row = await wire.job(attempt.job_id)
    assert (row["original_prompt"], row["enhanced_prompt"]) == ("a red cat", "a fine red cat")


class TestDestinationLibrary:
    """Q18: the destination decides something."""

    async def test_its_assets_are_saved_behind_the_answer(self, wire: Wire) -> None:
        attempt = await wire.start(num_images=3, destination="library")
        assert (await attempt.complete()).json()["status"] == "completed"
        await wire.edge.clients.settle()
        assert len(await wire.assets(attempt.job_id)) == 3
        listed = await wire.edge.http.get("assets", params={"source": "library"}, headers=wire.user.headers)
        assets = listed.json()["assets"]
        assert {asset["job_id"] for asset in assets} == {attempt.job_id}
        assert [(await wire.web.get(asset["url"])).content for asset in assets] == [PNG] * 3

    async def test_nothing_else_is(self, wire: Wire) -> None:
        await (await wire.start()).complete()
        await wire.edge.clients.settle()
        listed = await wire.edge.http.get("assets", params={"source": "library"}, headers=wire.user.headers)
        assert listed.json()["assets"] == []


class TestFailure:
    async def test_a_final_one_ends_the_job_with_its_reason(self, wire: Wire) -> None:
        attempt = await wire.start()
        answer = await attempt.say("failed", error_message="The prompt is too long.", error_code="bad_input")
        assert (answer.json()["status"], answer.json()["message"]) == ("failed", "The job has failed.")
        row = await wire.job(attempt.job_id)
        assert (row["status"], row["error_code"], row["error_message"]) == (
            *("failed", "bad_input", "The prompt is too long."),
        )
        assert await wire.assets(attempt.job_id) == []

    async def test_an_error_object_is_stored_as_its_text(self, wire: Wire) -> None:
        """K6: not as JSON text."""
        attempt = await wire.start()
        await attempt.say("failed", error={"code": "out_of_memory", "message": "The GPU is full.", "retryable": False})
        row = await wire.job(attempt.job_id)
        assert (row["error_code"], row["error_message"]) == ("out_of_memory", "The GPU is full.")

    async def test_a_retryable_one_puts_the_job_back(self, wire: Wire) -> None:
        attempt = await wire.start()
        answer = await attempt.say("failed", error_code="network", retryable=True)
        assert answer.json()["message"] == "The attempt failed; the job is queued again."
        row = await wire.job(attempt.job_id)
        assert (row["status"], row["failures"], row["completed_at"]) == ("queued", 1, None)

    async def test_a_hand_back_is_no_failure(self, wire: Wire) -> None:
        """P9: a worker that stops early did not fail."""
        attempt = await wire.start()
        await attempt.say("cancelled")
        row = await wire.job(attempt.job_id)
        assert (row["status"], row["failures"], row["error_code"]) == ("queued", 0, "preempted")
        assert row["error_message"] == "The worker handed the job back."

    async def test_a_cancelled_one_that_the_user_asked_for_is_cancelled(self, wire: Wire) -> None:
        attempt = await wire.start()
        await wire.edge.http.post("cancel-job", json={"job_id": attempt.job_id}, headers=wire.user.headers)
        assert (await attempt.say("cancelled")).json()["status"] == "cancelled"
        assert (await wire.job(attempt.job_id))["status"] == "cancelled"


class TestOldAttempt:
    @pytest.fixture
    async def old(self, wire: Wire) -> Attempt:
        """An attempt whose job a newer one has claimed."""
        old = await wire.start()
        await old.deliver()
        await old.say("cancelled")
        await wire.claim(old.job_id, claim_id=uuid4().hex)
        return old

    @pytest.mark.parametrize("status", ["processing", "completed", "failed", "cancelled"])
    async def test_it_is_refused_and_changes_nothing(self, wire: Wire, old: Attempt, status: str) -> None:
        """P4."""
        before = await wire.job(old.job_id)
        answer = await old.say(status, assets=old.assets(0), progress=0.9, stage="late")
        assert (answer.status_code, answer.json()["code"]) == (409, "stale_attempt")
        assert await wire.job(old.job_id) == before
        assert await wire.assets(old.job_id) == []

    async def test_its_queue_token_claims_nothing_any_more(self, wire: Wire, old: Attempt) -> None:
        for number in range(3):
            token: Any = wire.edge.clients.tokens.queue_token(old.job_id, number)
            assert (await wire.ask(old.job_id, token)).json()["code"] == "stale_handout"
