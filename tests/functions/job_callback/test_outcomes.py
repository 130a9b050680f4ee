"""What the outcomes of SQL mean over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from functions.edge.errors import ApiError
from functions.job_callback.outcomes import check
from functions.job_callback.schema import SkippedResponse
from shared.errors import SPECS, ErrorCode

JOB_ID = uuid4()


@pytest.mark.parametrize("outcome", ["claimed", "reported", "completed", "retried", "failed", "cancelled"])
def test_an_attempt_that_was_heard_goes_on(outcome: str) -> None:
    assert check({"outcome": outcome}, JOB_ID) is None


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_a_job_that_had_ended_is_skipped_with_its_status(status: str) -> None:
    """K4: an end is an end; a late report is told so and changes nothing."""
    assert check({"outcome": "over", "status": status}, JOB_ID) == SkippedResponse(jobId=JOB_ID, status=status)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("not_found", 404),
        ("stale_handout", 409),
        ("stale_attempt", 409),
        ("output_missing", 409),
        ("output_refused", 422),
    ],
)
def test_any_other_outcome_is_an_error_of_its_own(outcome: str, status: int) -> None:
    """K12: nothing that was heard stays without an answer."""
    with pytest.raises(ApiError) as caught:
        check({"outcome": outcome}, JOB_ID)
    assert caught.value.code == ErrorCode(outcome)
    assert SPECS[caught.value.code].status == status


@pytest.mark.parametrize(
    ("facts", "details"),
    [
        ({"reason": "object_missing", "index": 0}, "reason: object_missing; index: 0"),
        ({"missing": [1, 2]}, "missing: [1, 2]"),
        ({"secret": "no fact"}, None),
    ],
)
def test_the_facts_are_told_and_nothing_else(facts: dict[str, Any], details: str | None) -> None:
    with pytest.raises(ApiError) as caught:
        check({"outcome": "output_missing", **facts}, JOB_ID)
    assert caught.value.details == details
