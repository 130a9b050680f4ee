"""What the outcomes of the attempt functions mean over HTTP."""

from typing import Any, Final
from uuid import UUID

from functions.edge.errors import ApiError
from functions.job_callback.schema import SkippedResponse
from shared.errors import ErrorCode

_MESSAGES: Final = {
    ErrorCode.NOT_FOUND: "No such job.",
    ErrorCode.STALE_HANDOUT: "The hand-out is not the job's latest, or somebody else claimed it.",
    ErrorCode.STALE_ATTEMPT: "The attempt is not the job's latest.",
    ErrorCode.OUTPUT_MISSING: "Not every output lies in storage.",
    ErrorCode.OUTPUT_REFUSED: "An output was refused.",
}


def check(answer: dict[str, Any], job_id: UUID) -> SkippedResponse | None:
    """``None`` when the attempt was heard, the skipped answer when the job had ended. Raises ``ApiError``."""
    outcome = answer["outcome"]
    if outcome == "over":
        return SkippedResponse(jobId=job_id, status=answer["status"])
    if outcome not in _MESSAGES:
        return None
    code = ErrorCode(outcome)
    facts = {name: answer[name] for name in ("reason", "index", "missing") if name in answer}
    details = "; ".join(f"{name}: {value}" for name, value in facts.items())
    raise ApiError(code, _MESSAGES[code], details or None)
