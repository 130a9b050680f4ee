"""HTTP in and out of cancel-job."""

from typing import Final

from fastapi import APIRouter

from functions.cancel_job.schema import CancelJobRequest, CancelJobResponse
from functions.edge import handouts
from functions.edge.auth import UserCaller
from functions.edge.clients import ClientsDep
from functions.edge.errors import ApiError
from functions.edge.openapi import refused
from shared.errors import ErrorCode

router = APIRouter()

_MESSAGES: Final = {
    "cancelled": "The job is cancelled.",
    "cancel_requested": "The worker was asked to stop.",
}


@router.post("/cancel-job", responses=refused(ErrorCode.NOT_FOUND, ErrorCode.CONFLICT))
async def cancel_job(request: CancelJobRequest, caller: UserCaller, clients: ClientsDep) -> CancelJobResponse:
    """Asking twice is no error; a job that ended otherwise answers 409 with its status."""
    answer = await clients.database.call("cancel_job", p_job_id=request.job_id, p_user_id=caller.user)
    if answer["outcome"] == "not_found":
        raise ApiError(ErrorCode.NOT_FOUND, "No such job.")
    if answer["outcome"] == "over" and answer["status"] != "cancelled":
        raise ApiError(
            ErrorCode.CONFLICT,
            f"The job has already ended: {answer['status']}.",
            f"status: {answer['status']}",
        )
    await handouts.push(clients, answer["handouts"])
    return CancelJobResponse(
        jobId=request.job_id,
        job_id=request.job_id,
        status=answer["status"],
        message=_MESSAGES.get(answer["outcome"], "The job was cancelled before."),
    )
