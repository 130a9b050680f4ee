"""HTTP in and out of system-metrics."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter

from functions.edge.auth import UserCaller
from functions.edge.clients import ClientsDep
from functions.edge.errors import ApiError
from functions.system_metrics.schema import Estimate, QueueDetails, SystemMetricsResponse, WaitSeconds
from shared.errors import ErrorCode
from shared.job_types import QUEUES

router = APIRouter()


@router.get("/system-metrics")
@router.post("/system-metrics")
async def system_metrics(caller: UserCaller, clients: ClientsDep) -> SystemMetricsResponse:
    """What lies in the queues, as Postgres has it, whatever Redis says."""
    answer = await clients.database.call("system_metrics", p_admin_id=caller.user)
    if answer["outcome"] == "forbidden":
        raise ApiError(ErrorCode.FORBIDDEN, "Only an admin may see the system's metrics.")
    queues = {queue: answer["queues"][queue] for queue in QUEUES}
    families = {queue.removesuffix("_queue"): found for queue, found in queues.items()}
    return SystemMetricsResponse(
        timestamp=datetime.now(UTC),
        queues={queue: found["waiting"] for queue, found in queues.items()},
        queueDetails={queue: _details(found) for queue, found in queues.items()},
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


def _details(found: dict[str, Any]) -> QueueDetails:
    return QueueDetails(
        handedOut=found["handed_out"],
        running=found["running"],
        isPaused=found["is_paused"],
        workers=found["workers"],
        successRate=found["success_rate"],
        meanWaitSeconds=found["mean_wait_seconds"],
        meanRunSeconds=found["mean_run_seconds"],
    )
