"""Form and response of upload-reference."""

from typing import Annotated, Literal

from pydantic import Field

from functions.edge.schema import RequestModel, ResponseModel

ReferenceType = Literal["style", "composition", "character"]


class UploadReferenceForm(RequestModel):
    """The form's fields beside its file. Both are answered and decide nothing."""

    reference_type: ReferenceType | None = None
    name: Annotated[str, Field(max_length=255)] | None = None


class UploadReferenceResponse(ResponseModel):
    """``reference_image_url`` is what queue-job takes, for good; ``url`` shows the picture for an hour."""

    success: Literal[True] = True
    path: str
    bucket: str
    reference_image_url: str
    url: str
    width: int
    height: int
    size_bytes: int
    content_type: str
    reference_type: ReferenceType | None
    name: str | None
