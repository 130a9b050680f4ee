"""What requests and answers about registered workers share."""

from typing import Any, Literal, Self

from pydantic import AwareDatetime

from functions.edge.schema import ResponseModel

WorkerType = Literal["chat", "sdxl", "wan"]
WorkerStatus = Literal["healthy", "unhealthy", "unknown"]
"""``unknown``: never looked at, or not within 90 s."""


class RegistrationInfo(ResponseModel):
    """``lastUpdated`` is when the worker last registered."""

    workerType: WorkerType
    autoRegistered: bool
    registrationMethod: str
    lastUpdated: AwareDatetime

    @classmethod
    def of(cls, worker: dict[str, Any]) -> Self:
        return cls(
            workerType=worker["worker_type"],
            autoRegistered=worker["is_automatic"],
            registrationMethod=worker["registration_method"],
            lastUpdated=worker["seen_at"],
        )


class Health(ResponseModel):
    """What the last look at a worker saw: null where nobody looked, or not within 90 s.

    ``responseTimeMs`` is null too where the worker did not answer.
    """

    isHealthy: bool | None
    healthError: str | None
    lastChecked: AwareDatetime | None
    responseTimeMs: int | None

    @staticmethod
    def fields_of(worker: dict[str, Any]) -> dict[str, Any]:
        is_known = worker["status"] != "unknown"
        return {
            "isHealthy": worker["is_healthy"] if is_known else None,
            "healthError": worker["health_error"] if is_known else None,
            "lastChecked": worker["checked_at"],
            "responseTimeMs": worker["response_ms"] if is_known else None,
        }
