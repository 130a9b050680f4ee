"""Request and responses of reference-images."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from functions.edge.schema import NUMBER, RequestModel, ResponseModel


class ReferenceImagesQuery(RequestModel):
    """``before`` is the ``created_at`` of the last picture of the page before, with its offset from UTC."""

    before: AwareDatetime | None = None
    limit: Annotated[int, Field(ge=1, le=100), NUMBER] = 20


class ReferenceImage(ResponseModel):
    """``url`` shows the picture for an hour; null where it was deleted a moment ago."""

    name: str
    path: str
    bucket: str
    reference_image_url: str
    url: str | None
    size_bytes: int | None
    content_type: str | None
    created_at: AwareDatetime


class ReferenceImagesResponse(ResponseModel):
    """``used_bytes`` of all pictures, not of this page; ``limit_bytes`` is null where there is no limit."""

    success: Literal[True] = True
    references: list[ReferenceImage]
    used_bytes: int
    limit_bytes: int | None


class DeletedResponse(ResponseModel):
    success: Literal[True] = True
    path: str
