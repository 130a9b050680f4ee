"""Request and response of replay-job."""

from typing import Any, Literal
from uuid import UUID

from pydantic import AliasChoices, Field

from functions.edge.schema import RequestModel, ResponseModel


class ReplayJobRequest(RequestModel):
    job_id: UUID = Field(validation_alias=AliasChoices("job_id", "jobId"))


class ReplayJobResponse(ResponseModel):
    """``job`` is the new one; ``replayOf`` the one that failed."""

    success: Literal[True] = True
    job: dict[str, Any]
    jobId: UUID
    job_id: UUID
    replayOf: UUID
    status: str
    position: int | None
    etaSeconds: int | None
    etaP90Seconds: int | None
    message: str
