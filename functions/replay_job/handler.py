"""HTTP in and out of replay-job."""

from fastapi import APIRouter

from functions.edge import handouts
from functions.edge.auth import AdminCaller
from functions.edge.clients import ClientsDep
from functions.edge.errors import ApiError
from functions.edge.job_rows import public_row
from functions.edge.openapi import refused
from functions.replay_job.schema import ReplayJobRequest, ReplayJobResponse
from shared.errors import ErrorCode

router = APIRouter()


@router.post("/replay-job", responses=refused(ErrorCode.NOT_FOUND, ErrorCode.CONFLICT))
async def replay_job(request: ReplayJobRequest, _: AdminCaller, clients: ClientsDep) -> ReplayJobResponse:
    """The same request once more, for the same user and for nothing. Asking twice gives the same new job."""
    answer = await clients.database.call("replay_job", p_job_id=request.job_id)
    match answer["outcome"]:
        case "not_found":
            raise ApiError(ErrorCode.NOT_FOUND, "No such job.")
        case "not_failed":
            raise ApiError(
                ErrorCode.CONFLICT,
                f"Only a failed job can be run again; this one is {answer['status']}.",
                f"status: {answer['status']}",
            )
    await handouts.push(clients, answer["handouts"])
    job = answer["job"]
    return ReplayJobResponse(
        job=public_row(job),
        jobId=job["id"],
        job_id=job["id"],
        replayOf=request.job_id,
        status=job["status"],
        position=answer["position"],
        etaSeconds=answer["eta_p50_seconds"],
        etaP90Seconds=answer["eta_p90_seconds"],
        message="The job is queued again." if answer["outcome"] == "submitted" else "The job was queued again before.",
    )
