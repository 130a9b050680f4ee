"""A failure from the worker's exception to the job's row: who gets another attempt, and what the last one leaves."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from gpu_handler.attempt.reports import end_report
from gpu_handler.failures import PREEMPTED, BadInput, ContentRefused, Failure, ModelUnavailable, describe
from gpu_handler.http import Unreachable
from gpu_handler.storage import StorageRefused
from tests.fixtures.wire import Attempt, Wire

PASSING = {
    "out_of_memory": MemoryError(),
    "network": Unreachable("ConnectError"),
    "storage": StorageRefused("HTTP 403"),
    "model_loading": ModelUnavailable("no weights"),
    "generation_failed": RuntimeError("shapes cannot be multiplied"),
}
FINAL = {
    "bad_input": BadInput("steps: at most 50."),
    "content_policy": ContentRefused("The prompt is refused."),
}


async def report(attempt: Attempt, failure: Failure) -> None:
    said = end_report(attempt.job_id, "failed", [], {}, failure).model_dump(mode="json", exclude={"job_id", "status"})
    assert (await attempt.say("failed", **said)).status_code == 200


async def refunds(wire: Wire, job_id: str) -> list[Any]:
    query = "select credits_consumed from usage_logs where job_id = $1 and action = 'refund'"
    return [row["credits_consumed"] for row in await wire.owner.fetch(query, UUID(job_id))]


@pytest.mark.parametrize("code", FINAL)
async def test_what_no_attempt_can_mend_ends_the_job_at_once(wire: Wire, code: str) -> None:
    """P3"""
    attempt = await wire.start()
    await report(attempt, describe(FINAL[code]))
    row = await wire.job(attempt.job_id)
    assert (row["status"], row["attempts"], row["error_code"], row["error_message"]) == (
        *("failed", 1, code, str(FINAL[code])),
    )
    assert await refunds(wire, attempt.job_id) == [-1]


@pytest.mark.parametrize("code", PASSING)
async def test_what_may_pass_is_tried_three_times(wire: Wire, code: str) -> None:
    """P1, P3"""
    failure = describe(PASSING[code])
    attempt = await wire.start()
    for failures in (1, 2):
        await report(attempt, failure)
        row = await wire.job(attempt.job_id)
        assert (row["status"], row["failures"], row["error_code"]) == ("queued", failures, code)
        assert row["not_before"] is not None
        assert await refunds(wire, attempt.job_id) == []
        attempt = await wire.claim(attempt.job_id, claim_id=uuid4().hex)
    await report(attempt, failure)
    row = await wire.job(attempt.job_id)
    assert (row["status"], row["failures"], row["error_code"], row["error_message"]) == (
        *("failed", 3, code, failure.message),
    )
    assert await refunds(wire, attempt.job_id) == [-1]


async def test_images_that_a_hand_back_names_are_kept(wire: Wire) -> None:
    """Also those that no progress report has told of."""
    attempt = await wire.start(num_images=3)
    await attempt.deliver(0, 1)
    said = {"error_code": "preempted", "retryable": True, "assets": attempt.assets(0, 1)}
    await attempt.say("failed", **said)
    again = await wire.claim(attempt.job_id, claim_id=uuid4().hex)
    assert [output["index"] for output in again.claim["done"]] == [0, 1]
    assert {upload["index"] for upload in again.claim["uploads"]} == {2}


async def test_a_preempted_attempt_is_no_failure_and_waits_for_nothing(wire: Wire) -> None:
    attempt = await wire.start()
    await report(attempt, PREEMPTED)
    row = await wire.job(attempt.job_id)
    assert (row["status"], row["failures"], row["not_before"], row["error_code"]) == ("queued", 0, None, "preempted")
    assert await refunds(wire, attempt.job_id) == []
