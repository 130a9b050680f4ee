"""What ``submit_job`` refuses, in words."""

from collections.abc import Mapping
from typing import Any, Final

from functions.edge.errors import ApiError
from shared.errors import ErrorCode

_REFUSALS: Final = {
    "not_found": (ErrorCode.UNAUTHENTICATED, "The account does not exist any more."),
    "adult_not_verified": (ErrorCode.ADULT_NOT_VERIFIED, "Adult content needs a verified account."),
    "idempotency_conflict": (ErrorCode.CONFLICT, "This Idempotency-Key was used for another request."),
    "maintenance": (ErrorCode.MAINTENANCE, "No jobs are taken now: {message}"),
    "queue_full": (ErrorCode.QUEUE_FULL, "The queue is full: {limit} jobs are waiting."),
    "too_many_jobs": (ErrorCode.TOO_MANY_JOBS, "You have {limit} jobs that wait or run, which is the most at a time."),
    "rate_limited": (ErrorCode.RATE_LIMITED, "You sent {limit} jobs within a minute, which is the most."),
    "insufficient_credits": (
        ErrorCode.INSUFFICIENT_CREDITS,
        "The job costs {credits:g} credits; you have {balance:g}.",
    ),
}


def refusal(answer: Mapping[str, Any]) -> ApiError:
    """The error of an outcome."""
    code, message = _REFUSALS[answer["outcome"]]
    return ApiError(code, message.format_map(answer), retry_after=answer.get("retry_after"))
