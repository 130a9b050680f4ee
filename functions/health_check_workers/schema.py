"""Response of health-check-workers."""

from typing import Literal

from pydantic import AwareDatetime

from functions.edge.schema import ResponseModel
from functions.edge.workers.schema import Health


class WorkerHealthResult(Health):
    workerUrl: str


class HealthResults(ResponseModel):
    """Of each type the worker that is the best to ask; null where none is registered."""

    chatWorker: WorkerHealthResult | None
    sdxlWorker: WorkerHealthResult | None
    wanWorker: WorkerHealthResult | None


class HealthCheckWorkersResponse(ResponseModel):
    """``timestamp`` is when the answer was made; each result has its own ``lastChecked``."""

    success: Literal[True] = True
    healthResults: HealthResults
    timestamp: AwareDatetime
