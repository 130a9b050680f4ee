"""HTTP in and out of health-check-workers."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter

from functions.edge.auth import UserCaller
from functions.edge.clients import ClientsDep
from functions.edge.workers import registry
from functions.health_check_workers.schema import HealthCheckWorkersResponse, HealthResults, WorkerHealthResult

router = APIRouter()


@router.post("/health-check-workers")
async def health_check_workers(_: UserCaller, clients: ClientsDep) -> HealthCheckWorkersResponse:
    """What is known. Every tab of every user asks: a worker is asked only when nobody did in the last half minute."""
    await registry.check_due(clients)
    workers = (await clients.database.call("list_workers"))["workers"]
    return HealthCheckWorkersResponse(
        healthResults=HealthResults(
            chatWorker=_best(workers["chat"]), sdxlWorker=_best(workers["sdxl"]), wanWorker=_best(workers["wan"])
        ),
        timestamp=datetime.now(UTC),
    )


def _best(workers: list[dict[str, Any]]) -> WorkerHealthResult | None:
    if not workers:
        return None
    best = workers[0]
    return WorkerHealthResult(workerUrl=best["url"], **WorkerHealthResult.fields_of(best))
