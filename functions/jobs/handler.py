"""HTTP in and out of jobs: GET as the documents have it, POST because ``functions.invoke`` sends that by default."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query

from functions.edge.auth import UserCaller
from functions.edge.clients import Clients, ClientsDep
from functions.edge.errors import ApiError
from functions.edge.openapi import refused
from functions.jobs.schema import JobListResponse, JobResponse, JobsQuery
from functions.jobs.views import job_views
from shared.errors import ErrorCode

router = APIRouter()

_REFUSED: Final = refused(ErrorCode.NOT_FOUND, ErrorCode.STORAGE_UNAVAILABLE)


@router.get("/jobs", responses=_REFUSED)
async def list_jobs(
    query: Annotated[JobsQuery, Query()], caller: UserCaller, clients: ClientsDep
) -> JobListResponse | JobResponse:
    """The caller's jobs, newest first; one of them when ``job_id`` is given."""
    return await _find(clients, caller.user, query)


@router.post("/jobs", responses=_REFUSED)
async def find_jobs(query: JobsQuery, caller: UserCaller, clients: ClientsDep) -> JobListResponse | JobResponse:
    """The same, with the query in the body."""
    return await _find(clients, caller.user, query)


@router.get("/jobs/{job_id}", responses=_REFUSED)
async def get_job(job_id: UUID, caller: UserCaller, clients: ClientsDep) -> JobResponse:
    """One job of the caller; another user's is not found."""
    return await _get(clients, caller.user, job_id)


async def _find(clients: Clients, user_id: UUID, query: JobsQuery) -> JobListResponse | JobResponse:
    if query.job_id is not None:
        return await _get(clients, user_id, query.job_id)
    answer = await clients.database.call(
        "list_jobs", p_user_id=user_id, p_status=query.status, p_before=query.before, p_limit=query.limit
    )
    return JobListResponse(jobs=await job_views(clients, answer["jobs"]))


async def _get(clients: Clients, user_id: UUID, job_id: UUID) -> JobResponse:
    answer = await clients.database.call("get_job", p_user_id=user_id, p_job_id=job_id)
    if answer["outcome"] == "not_found":
        raise ApiError(ErrorCode.NOT_FOUND, "No such job.")
    (view,) = await job_views(clients, [answer])
    return JobResponse(**view.model_dump(), job=view)
