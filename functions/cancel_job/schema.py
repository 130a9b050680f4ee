"""Request and response of cancel-job."""

from typing import Literal
from uuid import UUID

from pydantic import AliasChoices, Field

from functions.edge.schema import RequestModel, ResponseModel


class CancelJobRequest(RequestModel):
    job_id: UUID = Field(validation_alias=AliasChoices("job_id", "jobId"))


class CancelJobResponse(ResponseModel):
    """``status`` is ``cancelled`` for a job that waited, ``processing`` for one that will stop within a step."""

    success: Literal[True] = True
    jobId: UUID
    job_id: UUID
    status: str
    message: str
