"""HTTP in and out of queue-status: GET as the documents have it, POST because ``functions.invoke`` sends that."""

from typing import Any

from fastapi import APIRouter

from functions.edge.auth import UserCaller
from functions.edge.clients import ClientsDep
from functions.queue_status.schema import Eta, QueueStatus, QueueStatusResponse, WaitingJob
from shared.job_types import JOB_TYPES, QUEUES
from shared.model_variants import MODEL_SETS

router = APIRouter()


@router.get("/queue-status")
@router.post("/queue-status")
async def queue_status(caller: UserCaller, clients: ClientsDep) -> QueueStatusResponse:
    """Every queue, the job types that this deployment serves, and the caller's place in line."""
    served = {
        name: {"queue": job_type.queue, "expected_run_seconds": job_type.expected_seconds}
        for name, job_type in JOB_TYPES.items()
        if job_type.family in MODEL_SETS[clients.settings.models]
    }
    answer = await clients.database.call("queue_status", p_user_id=caller.user, p_types=served)
    queues = {queue: _queue_status(answer, queue) for queue in QUEUES}
    return QueueStatusResponse(
        queueDepth=sum(queue.waiting for queue in queues.values()),
        queues=queues,
        jobs=[
            WaitingJob(
                jobId=job["job_id"],
                jobType=job["job_type"],
                queue=job["queue"],
                position=job["position"],
                **_eta(job),
            )
            for job in answer["jobs"]
        ],
    )


def _queue_status(answer: dict[str, Any], queue: str) -> QueueStatus:
    counts = answer["queues"][queue]
    return QueueStatus(
        waiting=counts["waiting"],
        handedOut=counts["handed_out"],
        running=counts["running"],
        isPaused=counts["is_paused"],
        jobTypes={name: Eta(**_eta(eta)) for name, eta in answer["types"].items() if JOB_TYPES[name].queue == queue},
    )


def _eta(found: dict[str, Any]) -> dict[str, int | None]:
    return {"etaSeconds": found["eta_p50_seconds"], "etaP90Seconds": found["eta_p90_seconds"]}
