"""Response of system-metrics."""

from typing import Literal

from pydantic import AwareDatetime

from functions.edge.schema import ResponseModel

Estimate = Literal["immediate", "< 1 min", "1-3 mins", "3-10 mins", "> 10 mins"]


class QueueDetails(ResponseModel):
    """``workers``: the most jobs that ran at once lately. Rate and means are of the last 1,000 jobs that ended."""

    handedOut: int
    running: int
    isPaused: bool
    workers: int
    successRate: float | None
    meanWaitSeconds: float | None
    meanRunSeconds: float | None


class WaitSeconds(ResponseModel):
    p50: int | None
    p90: int | None


class SystemMetricsResponse(ResponseModel):
    """``queues`` counts waiting jobs. ``etaEstimates`` and ``etaSeconds``: until a new job starts; null when paused."""

    success: Literal[True] = True
    timestamp: AwareDatetime
    queues: dict[str, int]
    queueDetails: dict[str, QueueDetails]
    etaEstimates: dict[str, Estimate | None]
    etaSeconds: dict[str, WaitSeconds]
