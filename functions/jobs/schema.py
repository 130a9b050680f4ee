"""Response of jobs."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field

from functions.edge.schema import NUMBER, RequestModel, ResponseModel

Status = Literal["queued", "processing", "completed", "failed", "cancelled"]


class JobsQuery(RequestModel):
    """``before`` is the ``created_at`` of the last job of the page before, with its offset from UTC."""

    job_id: UUID | None = Field(default=None, validation_alias=AliasChoices("job_id", "jobId", "id"))
    status: Status | None = None
    before: AwareDatetime | None = None
    limit: Annotated[int, Field(ge=1, le=100), NUMBER] = 20


class JobView(BaseModel):
    """The row, and what clients ask for beside it. ``progress`` runs from 0 to 100 here."""

    model_config = ConfigDict(extra="allow")

    id: UUID
    status: Status
    progress: int
    stage: str
    error: str | None
    metadata: dict[str, Any]
    assets: list[dict[str, Any]]
    position: int | None
    etaSeconds: int | None
    etaP90Seconds: int | None


class JobResponse(JobView):
    """The row itself, as the documents read it, and once more as ``job``."""

    success: Literal[True] = True
    job: JobView


class JobListResponse(ResponseModel):
    success: Literal[True] = True
    jobs: list[JobView]
