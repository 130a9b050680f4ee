"""A list of assets, asked and answered."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from functions.edge.assets.cursor import CURSOR_PATTERN
from functions.edge.schema import NUMBER, ResponseModel

Source = Literal["workspace", "library"]
AssetType = Literal["image", "video"]
CursorText = Annotated[str, Field(pattern=CURSOR_PATTERN)]
"""``nextCursor`` of the page before."""
PageLimit = Annotated[int, Field(ge=1, le=100), NUMBER]


class AssetView(BaseModel):
    """The row of ``workspace_assets`` or ``user_library``, and URLs signed now; null where the object is gone."""

    model_config = ConfigDict(extra="allow")

    id: UUID
    source: Source
    asset_type: AssetType
    url: str | None
    thumbnail_url: str | None


class AssetListResponse(ResponseModel):
    """``nextCursor`` is null on the last page."""

    success: Literal[True] = True
    assets: list[AssetView]
    nextCursor: str | None
