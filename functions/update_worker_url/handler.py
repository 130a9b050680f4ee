"""HTTP in and out of update-worker-url."""

from typing import Annotated, Final

from fastapi import APIRouter

from functions.edge.auth import Caller, allow
from functions.edge.clients import ClientsDep
from functions.edge.workers import registry
from functions.register_chat_worker.schema import RegisterWorkerResponse
from functions.update_worker_url.schema import UpdateWorkerUrlRequest

router = APIRouter()

ADMIN_WORKER_ID: Final = "admin"
"""The admin page names no worker: what it says replaces what it said before."""


@router.post("/update-worker-url")
async def update_worker_url(
    request: UpdateWorkerUrlRequest, caller: Annotated[Caller, allow("worker", "admin")], clients: ClientsDep
) -> RegisterWorkerResponse:
    """Write the worker down at its new URL."""
    worker = await registry.register(
        clients,
        request.worker_type,
        request.worker_url,
        worker_id=request.worker_id or (ADMIN_WORKER_ID if caller.mode == "admin" else None),
        is_automatic=request.auto_registered,
        method=request.registration_method,
        capabilities=request.capabilities,
    )
    return RegisterWorkerResponse.of(worker)
