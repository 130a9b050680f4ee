"""Error codes, each with its HTTP status and whether asking again can help.

A code is part of the contract: clients branch on it, workers report it, ``jobs.error_code`` keeps it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ErrorCode(StrEnum):
    # requests
    INVALID_REQUEST = "invalid_request"
    INVALID_JOB_TYPE = "invalid_job_type"
    INVALID_JSON = "invalid_json"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    ADULT_NOT_VERIFIED = "adult_not_verified"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    CONFLICT = "conflict"
    BODY_TOO_LARGE = "body_too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    STORE_FULL = "store_full"
    CONTENT_POLICY = "content_policy"
    TYPE_UNAVAILABLE = "type_unavailable"
    INSUFFICIENT_CREDITS = "insufficient_credits"
    RATE_LIMITED = "rate_limited"
    TOO_MANY_JOBS = "too_many_jobs"
    QUEUE_FULL = "queue_full"
    MAINTENANCE = "maintenance"
    DATABASE_UNAVAILABLE = "database_unavailable"
    STORAGE_UNAVAILABLE = "storage_unavailable"
    QUEUE_UNAVAILABLE = "queue_unavailable"
    AUTH_UNAVAILABLE = "auth_unavailable"
    NO_WORKER = "no_worker"
    WORKER_FAILED = "worker_failed"
    WORKER_TIMEOUT = "worker_timeout"
    INTERNAL = "internal"
    # callbacks
    STALE_HANDOUT = "stale_handout"
    STALE_ATTEMPT = "stale_attempt"
    OUTPUT_MISSING = "output_missing"
    OUTPUT_REFUSED = "output_refused"
    # ends of jobs, as a worker or the sweep reports them
    OUT_OF_MEMORY = "out_of_memory"
    NETWORK = "network"
    STORAGE = "storage"
    PREEMPTED = "preempted"
    MODEL_LOADING = "model_loading"
    GENERATION_FAILED = "generation_failed"
    BAD_INPUT = "bad_input"
    LEASE_EXPIRED = "lease_expired"
    ATTEMPT_TIMEOUT = "attempt_timeout"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    QUEUE_TIMEOUT = "queue_timeout"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ErrorSpec:
    """The HTTP answer of a code: status, whether the same call may succeed later, and what to do."""

    status: int
    retryable: bool = False
    suggested_action: str | None = None
    retry_after: int | None = None
    """Seconds, sent as ``Retry-After``."""


SPECS: Final[dict[ErrorCode, ErrorSpec]] = {
    ErrorCode.INVALID_REQUEST: ErrorSpec(400, suggested_action="Correct the named fields and send the request again."),
    ErrorCode.INVALID_JOB_TYPE: ErrorSpec(400, suggested_action="Use one of the job types named in details."),
    ErrorCode.INVALID_JSON: ErrorSpec(400, suggested_action="Send a JSON object."),
    ErrorCode.UNAUTHENTICATED: ErrorSpec(401, suggested_action="Sign in and send the access token as a bearer token."),
    ErrorCode.FORBIDDEN: ErrorSpec(403),
    ErrorCode.ADULT_NOT_VERIFIED: ErrorSpec(
        403, suggested_action="Use content_mode sfw, or have the account verified."
    ),
    ErrorCode.NOT_FOUND: ErrorSpec(404),
    ErrorCode.METHOD_NOT_ALLOWED: ErrorSpec(405),
    ErrorCode.CONFLICT: ErrorSpec(409),
    ErrorCode.BODY_TOO_LARGE: ErrorSpec(413),
    ErrorCode.UNSUPPORTED_MEDIA_TYPE: ErrorSpec(415, suggested_action="Send application/json."),
    ErrorCode.STORE_FULL: ErrorSpec(413, suggested_action="Delete what is not needed any more."),
    ErrorCode.CONTENT_POLICY: ErrorSpec(422, suggested_action="Change the prompt. Nothing was charged."),
    ErrorCode.TYPE_UNAVAILABLE: ErrorSpec(503, suggested_action="Use another job type.", retry_after=3600),
    ErrorCode.INSUFFICIENT_CREDITS: ErrorSpec(
        402, suggested_action="Get credits, or ask for fewer or cheaper outputs."
    ),
    ErrorCode.RATE_LIMITED: ErrorSpec(429, True, "Send the same request again after Retry-After.", retry_after=60),
    ErrorCode.TOO_MANY_JOBS: ErrorSpec(
        429, True, "Send the same request again when a job of yours has ended.", retry_after=30
    ),
    ErrorCode.QUEUE_FULL: ErrorSpec(
        503, True, "Send the same request again later. Nothing was charged.", retry_after=60
    ),
    ErrorCode.MAINTENANCE: ErrorSpec(503, True, "Send the same request again later.", retry_after=300),
    ErrorCode.DATABASE_UNAVAILABLE: ErrorSpec(503, True, "Send the same request again later.", retry_after=5),
    ErrorCode.STORAGE_UNAVAILABLE: ErrorSpec(503, True, "Send the same request again later.", retry_after=5),
    ErrorCode.QUEUE_UNAVAILABLE: ErrorSpec(503, True, "Send the same request again later.", retry_after=5),
    ErrorCode.AUTH_UNAVAILABLE: ErrorSpec(503, True, "Send the same request again later.", retry_after=5),
    ErrorCode.NO_WORKER: ErrorSpec(503, True, "Send the same request again when a worker is there.", retry_after=30),
    ErrorCode.WORKER_FAILED: ErrorSpec(502, True, "Send the same request again later."),
    ErrorCode.WORKER_TIMEOUT: ErrorSpec(504, True, "Send the same request again later, or ask for less."),
    ErrorCode.MODEL_LOADING: ErrorSpec(
        503, True, "Send the same request again when the model is loaded.", retry_after=15
    ),
    ErrorCode.INTERNAL: ErrorSpec(500, True, "Send the same request again; name the request_id if it keeps failing."),
    ErrorCode.STALE_HANDOUT: ErrorSpec(409, suggested_action="Drop the queue element and take the next one."),
    ErrorCode.STALE_ATTEMPT: ErrorSpec(409, suggested_action="Stop working on the job: a newer attempt owns it."),
    ErrorCode.OUTPUT_MISSING: ErrorSpec(409, suggested_action="Upload and report every output, then complete again."),
    ErrorCode.OUTPUT_REFUSED: ErrorSpec(422, suggested_action="Deliver an object of the right path, type and size."),
}
"""Codes that end a job and never an HTTP request have no entry."""
