"""Request and response of get-active-worker-url."""

from typing import Any, Literal

from pydantic import AliasChoices, AwareDatetime, Field

from functions.edge.schema import RequestModel
from functions.edge.workers.schema import Health, RegistrationInfo, WorkerType


class GetActiveWorkerUrlRequest(RequestModel):
    """Without ``worker_type``, and without a body, the WAN worker is meant, as in the documents."""

    worker_type: WorkerType = Field(default="wan", validation_alias=AliasChoices("worker_type", "workerType"))


class GetActiveWorkerUrlResponse(Health):
    """``workerCapabilities`` is what the worker said of itself when it registered; null where it said nothing."""

    success: Literal[True] = True
    worker_url: str
    workerUrl: str
    worker_type: WorkerType
    worker_id: str
    last_updated: AwareDatetime
    registrationInfo: RegistrationInfo
    workerCapabilities: dict[str, Any] | None
