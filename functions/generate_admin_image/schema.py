"""Request and response of generate-admin-image."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AliasChoices, AwareDatetime, Field, ValidationError

from functions.edge.errors import invalid_request
from functions.edge.schema import RequestModel, ResponseModel
from functions.jobs.schema import Status
from functions.queue_job.schema import QueueJobRequest
from shared.job_types import Quality


class GenerateAdminImageRequest(RequestModel):
    """``metadata`` may hold whatever ``queue-job`` reads there: ``seed``, ``steps``, ``negative_prompt``, …

    ``wait_seconds`` is how long the answer may wait for the image.
    """

    prompt: str
    model_type: Literal["sdxl", "wan"] = Field(default="sdxl", validation_alias=AliasChoices("model_type", "modelType"))
    quality: Quality = "fast"
    mode: Annotated[str, Field(max_length=100)] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    wait_seconds: Annotated[float, Field(strict=True, ge=0, le=60)] = Field(
        default=25, validation_alias=AliasChoices("wait_seconds", "waitSeconds")
    )

    def job_request(self) -> QueueJobRequest:
        """The same as queue-job would be asked for. Raises ``ApiError`` (400)."""
        family = "sdxl_image" if self.model_type == "sdxl" else "image"
        metadata = self.metadata if self.mode is None else {**self.metadata, "mode": self.mode}
        body = {"job_type": f"{family}_{self.quality}", "prompt": self.prompt, "metadata": metadata}
        try:
            return QueueJobRequest.model_validate(body)
        except ValidationError as error:
            raise invalid_request(error.errors()) from None


class AdminImage(ResponseModel):
    """``metadata`` is the job's. The URLs are signed for an hour."""

    id: UUID
    url: str | None
    thumbnail_url: str | None
    prompt: str
    mode: str | None
    timestamp: AwareDatetime
    metadata: dict[str, Any]


class GenerateAdminImageResponse(ResponseModel):
    """``image_url`` and ``image`` are there once ``status`` is ``completed``, while the image is in the workspace."""

    success: Literal[True] = True
    job_id: UUID
    jobId: UUID
    status: Status
    image_url: str | None = None
    image: AdminImage | None = None
