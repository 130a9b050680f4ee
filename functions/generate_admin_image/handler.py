"""HTTP in and out of generate-admin-image: a job like any other, and a wait for its end."""

from typing import Any, Final

from fastapi import APIRouter, Response

from functions.edge.auth import AdminCaller
from functions.edge.clients import Clients, ClientsDep
from functions.edge.errors import ApiError
from functions.edge.openapi import refused
from functions.edge.schema import IdempotencyKey
from functions.generate_admin_image import waiting
from functions.generate_admin_image.schema import AdminImage, GenerateAdminImageRequest, GenerateAdminImageResponse
from functions.jobs.views import job_views
from functions.queue_job import submission
from shared.errors import ErrorCode

router = APIRouter()

PRIORITY: Final = 100
"""Of ``jobs.priority``; users' jobs have 0."""

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    202: {"model": GenerateAdminImageResponse, "description": "The job is not done yet."},
    **refused(*submission.REFUSALS, ErrorCode.WORKER_FAILED, ErrorCode.STORAGE_UNAVAILABLE),
}


@router.post("/generate-admin-image", responses=_ANSWERS)
async def generate_admin_image(
    request: GenerateAdminImageRequest,
    caller: AdminCaller,
    clients: ClientsDep,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> GenerateAdminImageResponse:
    """200 with the image, 202 with the job's id when it is not done in time, the job's own error when it failed."""
    answer = await submission.submit(
        clients,
        request.job_request(),
        caller.user,
        credits=0,
        priority=PRIORITY,
        idempotency_key=idempotency_key,
    )
    found = await waiting.ended(clients, caller.user, answer["job"]["id"], request.wait_seconds)
    if found is not None and found["job"]["status"] == "completed":
        return await _finished(clients, found, request)
    job = (found or answer)["job"]
    if job["status"] in ("failed", "cancelled"):
        raise _failure(job)
    response.status_code = 202
    return GenerateAdminImageResponse(job_id=job["id"], jobId=job["id"], status=job["status"])


async def _finished(
    clients: Clients, found: dict[str, Any], request: GenerateAdminImageRequest
) -> GenerateAdminImageResponse:
    (view,) = await job_views(clients, [found])
    answer = GenerateAdminImageResponse(job_id=view.id, jobId=view.id, status="completed")
    # Of a request that is repeated: somebody may have taken the image out of the workspace since.
    for asset in view.assets[:1]:
        answer.image_url = asset["url"]
        answer.image = AdminImage(
            id=asset["id"],
            url=asset["url"],
            thumbnail_url=asset["thumbnail_url"],
            prompt=request.prompt,
            mode=request.mode,
            timestamp=asset["created_at"],
            metadata=view.metadata,
        )
    return answer


def _failure(job: dict[str, Any]) -> ApiError:
    details = f"job_id: {job['id']}; error_code: {job['error_code']}"
    if job["status"] == "cancelled":
        return ApiError(ErrorCode.CONFLICT, "The job was cancelled.", details)
    # The code is what a worker said; of all that it may say, the prompt is the only thing that is the caller's.
    is_refused = job["error_code"] == ErrorCode.CONTENT_POLICY
    code = ErrorCode.CONTENT_POLICY if is_refused else ErrorCode.WORKER_FAILED
    return ApiError(code, job["error_message"] or "The job failed.", details)
