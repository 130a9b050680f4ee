"""HTTP in and out of system-metrics."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter

from functions.edge.auth import AdminCaller
from functions.edge.clients import Clients, ClientsDep
from functions.system_metrics.schema import (
    Estimate,
    KnownWorker,
    QueueDetails,
    Redis,
    SystemMetricsResponse,
    WaitSeconds,
)
from shared.job_types import QUEUES
from shared.queue import QueueError

router = APIRouter()


@router.get("/system-metrics")
@router.post("/system-metrics")
async def system_metrics(_: AdminCaller, clients: ClientsDep) -> SystemMetricsResponse:
    """What lies in the queues as Postgres has it, and beside it what Redis says, if it says anything."""
    answer = await clients.database.call("system_metrics")
    queues = {queue: answer["queues"][queue] for queue in QUEUES}
    in_redis = await _in_redis(clients)
    families = {queue.removesuffix("_queue"): found for queue, found in queues.items()}
    return SystemMetricsResponse(
        timestamp=datetime.now(UTC),
        workers={family: [_worker(family, found) for found in answer["workers"][family]] for family in families},
        redis=Redis(status="down" if in_redis is None else "ok"),
        queues={queue: found["waiting"] for queue, found in queues.items()},
        queueDetails={
            queue: _details(found, None if in_redis is None else in_redis[queue]) for queue, found in queues.items()
        },
        etaEstimates={family: estimate(found["wait_p50_seconds"]) for family, found in families.items()},
        etaSeconds={
            family: WaitSeconds(p50=found["wait_p50_seconds"], p90=found["wait_p90_seconds"])
            for family, found in families.items()
        },
    )


def estimate(seconds: int | None) -> Estimate | None:
    """The documents' words for a wait."""
    if seconds is None:
        return None
    if seconds == 0:
        return "immediate"
    if seconds < 60:
        return "< 1 min"
    if seconds < 180:
        return "1-3 mins"
    if seconds < 600:
        return "3-10 mins"
    return "> 10 mins"


async def _in_redis(clients: Clients) -> dict[str, int] | None:
    """The lengths of the lists; ``None`` in an outage, which is not an empty queue."""
    try:
        return await clients.queue.lengths(QUEUES)
    except QueueError:
        return None


def _worker(family: str, found: dict[str, Any]) -> KnownWorker:
    is_known = found["status"] != "unknown"
    return KnownWorker(
        type=family,
        workerId=found["worker_id"],
        url=found.get("url"),
        status=found["status"],
        responseTime=found.get("response_ms") if is_known else None,
        lastChecked=found.get("checked_at"),
        healthError=found.get("health_error") if is_known else None,
        runningJobs=found["running"],
    )


def _details(found: dict[str, Any], in_redis: int | None) -> QueueDetails:
    return QueueDetails(
        handedOut=found["handed_out"],
        inRedis=in_redis,
        running=found["running"],
        isPaused=found["is_paused"],
        workers=found["workers"],
        successRate=found["success_rate"],
        meanWaitSeconds=found["mean_wait_seconds"],
        meanRunSeconds=found["mean_run_seconds"],
    )
