"""HTTP in and out of get-active-worker-url."""

from typing import Annotated

from fastapi import APIRouter

from functions.edge.auth import Caller, allow
from functions.edge.clients import ClientsDep
from functions.edge.errors import ApiError
from functions.edge.openapi import refused
from functions.edge.workers.schema import RegistrationInfo
from functions.get_active_worker_url.schema import GetActiveWorkerUrlRequest, GetActiveWorkerUrlResponse
from shared.errors import ErrorCode

router = APIRouter()


@router.post("/get-active-worker-url", responses=refused(ErrorCode.NOT_FOUND))
async def get_active_worker_url(
    _: Annotated[Caller, allow("user", "secret")],
    clients: ClientsDep,
    request: GetActiveWorkerUrlRequest | None = None,
) -> GetActiveWorkerUrlResponse:
    """A worker of that very type; one of another type never stands in for it."""
    worker_type = (request or GetActiveWorkerUrlRequest()).worker_type
    answer = await clients.database.call("active_worker", p_worker_type=worker_type)
    if answer["outcome"] == "none":
        raise ApiError(ErrorCode.NOT_FOUND, f"No {worker_type} worker is registered.")
    worker = answer["worker"]
    return GetActiveWorkerUrlResponse(
        worker_url=worker["url"],
        workerUrl=worker["url"],
        worker_type=worker_type,
        worker_id=worker["worker_id"],
        last_updated=worker["seen_at"],
        registrationInfo=RegistrationInfo.of(worker),
        workerCapabilities=worker["capabilities"] or None,
        **GetActiveWorkerUrlResponse.fields_of(worker),
    )
