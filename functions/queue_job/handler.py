"""HTTP in and out of queue-job: check, one transaction in Postgres, answer; the push to Redis runs beside it."""

from typing import Any, Final

from fastapi import APIRouter

from functions.edge.auth import UserCaller, require_admin
from functions.edge.clients import ClientsDep
from functions.edge.job_rows import public_row
from functions.edge.openapi import refused
from functions.edge.schema import IdempotencyKey
from functions.queue_job import submission
from functions.queue_job.schema import QueueJobDebug, QueueJobRequest, QueueJobResponse
from shared.errors import ErrorCode
from shared.job_types import ADMIN_UTILITIES

router = APIRouter()

_REFUSED: Final = refused(
    ErrorCode.FORBIDDEN, ErrorCode.INVALID_JOB_TYPE, ErrorCode.INSUFFICIENT_CREDITS, *submission.REFUSALS
)

# A repeated request is answered with its job, which may have come further.
_MESSAGES: Final = {
    "queued": "The job is queued.",
    "processing": "The job is running.",
    "completed": "The job is completed.",
    "failed": "The job has failed.",
    "cancelled": "The job was cancelled.",
}


@router.post("/queue-job", responses=_REFUSED)
async def queue_job(
    request: QueueJobRequest, caller: UserCaller, clients: ClientsDep, idempotency_key: IdempotencyKey = None
) -> QueueJobResponse:
    """Accept a job. It is safe in Postgres before the answer leaves, whatever becomes of Redis."""
    if request.type.name == ADMIN_UTILITIES:
        await require_admin(clients, caller)
    answer = await submission.submit(
        clients,
        request,
        caller.user,
        credits=request.type.credits * request.num_images,
        idempotency_key=idempotency_key,
    )
    return _response(answer, request)


def _response(answer: dict[str, Any], request: QueueJobRequest) -> QueueJobResponse:
    job = answer["job"]
    is_sdxl = request.type.family == "sdxl"
    return QueueJobResponse(
        job=public_row(job),
        jobId=job["id"],
        job_id=job["id"],
        status=job["status"],
        queueName=job["queue"],
        queueLength=answer["queue_length"],
        message=_MESSAGES[job["status"]],
        modelVariant=job["metadata"]["model_variant"],
        isSDXL=is_sdxl,
        negativePromptSupported=request.type.format != "text",
        referenceImageSupported=request.type.format != "text",
        flexibleQuantitiesSupported=len(request.type.quantities) > 1,
        seedControlSupported=True,
        position=answer["position"],
        etaSeconds=answer["eta_p50_seconds"],
        etaP90Seconds=answer["eta_p90_seconds"],
        warnings=job["warnings"],
        debug=QueueJobDebug(userId=job["user_id"], hasPrompt=True, destination=job["destination"]),
    )
