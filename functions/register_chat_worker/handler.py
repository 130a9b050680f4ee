"""HTTP in and out of register-chat-worker."""

from typing import Annotated

from fastapi import APIRouter

from functions.edge.auth import Caller, allow
from functions.edge.clients import ClientsDep
from functions.edge.workers import registry
from functions.register_chat_worker.schema import RegisterWorkerRequest, RegisterWorkerResponse

router = APIRouter()


@router.post("/register-chat-worker")
async def register_chat_worker(
    request: RegisterWorkerRequest, _: Annotated[Caller, allow("worker")], clients: ClientsDep
) -> RegisterWorkerResponse:
    """Write the worker down; the same one again is its heartbeat."""
    worker = await registry.register(
        clients,
        request.worker_type,
        request.worker_url,
        worker_id=request.worker_id,
        is_automatic=request.auto_registered,
        method=request.registration_method,
        capabilities=request.capabilities,
    )
    return RegisterWorkerResponse.of(worker)
