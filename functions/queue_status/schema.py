"""Response of queue-status."""

from typing import Literal
from uuid import UUID

from functions.edge.schema import ResponseModel


class Eta(ResponseModel):
    """Half of all jobs are done within ``etaSeconds``, nine in ten within ``etaP90Seconds``; null while paused."""

    etaSeconds: int | None
    etaP90Seconds: int | None


class QueueStatus(ResponseModel):
    """``waiting`` counts those handed out too. ``jobTypes``: a job of that type, submitted now by the caller."""

    waiting: int
    handedOut: int
    running: int
    isPaused: bool
    jobTypes: dict[str, Eta]


class WaitingJob(Eta):
    jobId: UUID
    jobType: str
    queue: str
    position: int


class QueueStatusResponse(ResponseModel):
    """``queueDepth`` is what waits in all queues, ``jobs`` the caller's own waiting jobs, oldest first."""

    success: Literal[True] = True
    queueDepth: int
    queues: dict[str, QueueStatus]
    jobs: list[WaitingJob]
