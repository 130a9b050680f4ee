"""HTTP in and out of dispatch-jobs."""

from typing import Annotated

from fastapi import APIRouter

from functions.dispatch_jobs.schema import DispatchJobsRequest, DispatchJobsResponse
from functions.edge import sweeper
from functions.edge.auth import Caller, allow
from functions.edge.clients import ClientsDep
from functions.edge.errors import ApiError
from functions.edge.openapi import refused
from shared.errors import ErrorCode
from shared.queue import QueueError

router = APIRouter()


@router.post("/dispatch-jobs", responses=refused(ErrorCode.QUEUE_UNAVAILABLE, ErrorCode.STORAGE_UNAVAILABLE))
async def dispatch_jobs(
    _: Annotated[Caller, allow("secret")], clients: ClientsDep, request: DispatchJobsRequest | None = None
) -> DispatchJobsResponse:
    """Sweep now. The lists in Redis are rewritten from Postgres."""
    # First, for Redis has no part in it; a sweep that storage kept from running comes again in seconds.
    deleted = await sweeper.keep_house(clients) if request is not None and request.housekeeping else 0
    try:
        found = await sweeper.sweep(clients)
    except QueueError as error:
        raise ApiError(ErrorCode.QUEUE_UNAVAILABLE, "Redis cannot be reached now; the jobs stay queued.") from error
    return DispatchJobsResponse(
        outcome=found["outcome"],
        ended=found.get("ended", 0),
        queues={queue: len(handouts) for queue, handouts in found["lists"].items()},
        deleted=deleted,
    )
