"""The last word on an attempt: completed, failed or cancelled."""

from datetime import UTC, datetime
from typing import Any, Final

from functions.edge import handouts
from functions.edge.assets.saves import save_due
from functions.edge.clients import Clients
from functions.job_callback import outcomes
from functions.job_callback.schema import EndDebug, EndResponse, JobCallbackRequest, SkippedResponse
from shared.errors import ErrorCode

_MESSAGES: Final = {
    "completed": "The job is completed.",
    "retried": "The attempt failed; the job is queued again.",
    "failed": "The job has failed.",
    "cancelled": "The job is cancelled.",
}

_REASONS: Final = {"failed": "The generation failed.", "cancelled": "The worker handed the job back."}


async def end(clients: Clients, request: JobCallbackRequest, attempt: int) -> EndResponse | SkippedResponse:
    if request.status == "completed":
        answer = await _complete(clients, request, attempt)
    else:
        answer = await _fail(clients, request, attempt)
    skipped = outcomes.check(answer, request.job_id)
    if skipped is not None:
        return skipped
    await handouts.push(clients, answer["handouts"])
    if answer["outcome"] == "completed" and answer["job"]["destination"] == "library":
        # Behind the answer; the sweep saves what this process does not come to.
        clients.in_background(save_due(clients, request.job_id))
    return _response(answer)


async def _complete(clients: Clients, request: JobCallbackRequest, attempt: int) -> dict[str, Any]:
    metadata = dict(request.metadata)
    if request.enhanced_prompt is not None:
        metadata["enhanced_prompt"] = request.enhanced_prompt
    return await clients.database.call(
        "complete_job",
        p_job_id=request.job_id,
        p_attempt=attempt,
        p_outputs=request.reported_outputs(),
        p_metadata=metadata,
        p_result=None if request.text is None else {"text": request.text},
    )


async def _fail(clients: Clients, request: JobCallbackRequest, attempt: int) -> dict[str, Any]:
    is_cancelled = request.status == "cancelled"
    return await clients.database.call(
        "fail_job",
        p_job_id=request.job_id,
        p_attempt=attempt,
        # A worker that stops without being asked to hands the job back.
        p_code=ErrorCode.PREEMPTED if is_cancelled else request.error_code or ErrorCode.GENERATION_FAILED,
        p_message=request.error_message or _REASONS[request.status],
        p_retryable=is_cancelled or request.retryable,
        p_metadata=request.metadata,
        p_outputs=request.reported_outputs(),
    )


def _response(answer: dict[str, Any]) -> EndResponse:
    job = answer["job"]
    return EndResponse(
        message=_MESSAGES[answer["outcome"]],
        jobId=job["id"],
        status=job["status"],
        debug=EndDebug(
            job_id=job["id"],
            jobStatus=job["status"],
            jobType=job["job_type"],
            format=job["format"],
            quality=job["quality"],
            isSDXL=job["model_type"] == "sdxl",
            isEnhanced=job["enhanced_prompt"] is not None,
            assetsProcessed=answer.get("assets", 0),
            processingTimestamp=datetime.now(UTC).isoformat(),
        ),
    )
