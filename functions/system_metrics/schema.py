"""Response of system-metrics."""

from typing import Literal

from pydantic import AwareDatetime

from functions.edge.schema import ResponseModel
from functions.edge.workers.schema import WorkerStatus, WorkerType

Estimate = Literal["immediate", "< 1 min", "1-3 mins", "3-10 mins", "> 10 mins"]


class QueueDetails(ResponseModel):
    """``workers``: the most jobs that ran at once lately. Rate and means are of the last 1,000 jobs that ended.

    ``handedOut`` counts hand-outs that nobody claimed yet, by Postgres; ``inRedis`` the elements of the Redis list,
    null while Redis is down. They differ for moments, and until the next sweep where Redis forgot something.
    ``successRate`` is the share of completed ones among those completed or failed, 0 to 1; the means are of completed
    jobs, from submission to the first claim, and from there to the end. All three are null until a job ended.
    """

    handedOut: int
    inRedis: int | None
    running: int
    isPaused: bool
    workers: int
    successRate: float | None
    meanWaitSeconds: float | None
    meanRunSeconds: float | None


class WaitSeconds(ResponseModel):
    p50: int | None
    p90: int | None


class Redis(ResponseModel):
    """Whether Redis answered just now."""

    status: Literal["ok", "down"]


class KnownWorker(ResponseModel):
    """A worker that registered, or (``url`` null) one that is known by the jobs it holds.

    ``status``: of a registered one what the last look at it saw, ``unknown`` after 90 s without one; of another
    ``healthy``, for its lease holds. ``responseTime`` is that of the look, in milliseconds. ``runningJobs`` counts the
    jobs whose leases it holds.
    """

    type: WorkerType
    workerId: str
    url: str | None
    status: WorkerStatus
    responseTime: int | None
    lastChecked: AwareDatetime | None
    healthError: str | None
    runningJobs: int


class SystemMetricsResponse(ResponseModel):
    """``queues`` counts the jobs that wait, those handed out among them, by Postgres, whatever Redis says.

    ``etaEstimates`` and ``etaSeconds``: until a new job starts; null when paused.
    """

    success: Literal[True] = True
    timestamp: AwareDatetime
    workers: dict[WorkerType, list[KnownWorker]]
    redis: Redis
    queues: dict[str, int]
    queueDetails: dict[str, QueueDetails]
    etaEstimates: dict[str, Estimate | None]
    etaSeconds: dict[str, WaitSeconds]
