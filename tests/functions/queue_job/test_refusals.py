"""What a user is told when a submission is refused."""

from typing import Any

import pytest

from functions.queue_job.refusals import _REFUSALS, refusal
from shared.errors import SPECS
from tests.fixtures.functions import Edge
from tests.fixtures.limits import limits
from tests.fixtures.users import User

JOB = {"job_type": "sdxl_image_fast", "prompt": "a red cat"}
ANSWERS: dict[str, dict[str, Any]] = {
    "maintenance": {"message": "back soon."},
    "queue_full": {"limit": 1000},
    "too_many_jobs": {"limit": 10},
    "rate_limited": {"limit": 10, "retry_after": 17},
    "insufficient_credits": {"credits": 6, "balance": 2},
}


@pytest.mark.parametrize("outcome", _REFUSALS)
def test_every_refusal_is_a_whole_sentence(outcome: str) -> None:
    error = refusal({"outcome": outcome} | ANSWERS.get(outcome, {}))

    assert error.message.endswith(".")
    assert "{" not in error.message


@pytest.mark.parametrize(
    ("outcome", "status", "retry_after"),
    [("maintenance", 503, 300), ("queue_full", 503, 60), ("too_many_jobs", 429, 30), ("rate_limited", 429, 17)],
)
def test_what_may_succeed_later_says_when(outcome: str, status: int, retry_after: int) -> None:
    error = refusal({"outcome": outcome} | ANSWERS[outcome])

    assert SPECS[error.code].status == status
    assert SPECS[error.code].retryable
    assert error.retry_after == retry_after


async def test_over_the_rate_the_answer_names_the_limit_and_the_time_to_wait(
    edge: Edge, user: User, owner: Any
) -> None:
    """Q11"""
    async with limits(owner, jobs_per_minute=1):
        first, second = [await edge.http.post("queue-job", json=JOB, headers=user.headers) for _ in range(2)]

    assert (first.status_code, second.status_code) == (200, 429)
    body = second.json()
    assert (body["success"], body["code"], body["retryable"]) == (False, "rate_limited", True)
    assert "1 jobs within a minute" in body["error"]
    assert 0 < int(second.headers["Retry-After"]) <= 60


async def test_without_credits_the_answer_is_402_with_what_is_missing(edge: Edge, user: User, owner: Any) -> None:
    """Q11"""
    await owner.fetchval("select private.book($1, 'generation', 98, null)", user.id)

    answer = await edge.http.post("queue-job", json=JOB | {"num_images": 3}, headers=user.headers)

    body = answer.json()
    assert (answer.status_code, body["code"], body["retryable"]) == (402, "insufficient_credits", False)
    assert body["error"] == "The job costs 3 credits; you have 2."
    assert "Retry-After" not in answer.headers


async def test_in_maintenance_the_reason_is_told(edge: Edge, user: User, owner: Any) -> None:
    """Q11"""
    async with limits(owner, maintenance="we are back at 18:00 UTC."):
        answer = await edge.http.post("queue-job", json=JOB, headers=user.headers)

    assert answer.status_code == 503
    assert answer.json()["error"] == "No jobs are taken now: we are back at 18:00 UTC."
    assert answer.headers["Retry-After"] == "300"
