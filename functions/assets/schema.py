"""Request and response of assets."""

from typing import Literal
from uuid import UUID

from pydantic import AliasChoices, Field

from functions.edge.assets.schema import AssetType, AssetView, CursorText, PageLimit, Source
from functions.edge.schema import RequestModel, ResponseModel


class AssetsQuery(RequestModel):
    """Every filter narrows the list; favourites and collections are in the library only."""

    asset_id: UUID | None = Field(default=None, validation_alias=AliasChoices("asset_id", "assetId", "id"))
    source: Source | None = None
    asset_type: AssetType | None = Field(default=None, validation_alias=AliasChoices("asset_type", "assetType", "type"))
    job_id: UUID | None = Field(default=None, validation_alias=AliasChoices("job_id", "jobId"))
    is_favorite: bool | None = Field(
        default=None, validation_alias=AliasChoices("is_favorite", "isFavorite", "favorite", "favourite")
    )
    collection_id: UUID | None = Field(
        default=None, validation_alias=AliasChoices("collection_id", "collectionId", "collection")
    )
    cursor: CursorText | None = None
    limit: PageLimit = 50


class AssetResponse(ResponseModel):
    success: Literal[True] = True
    asset: AssetView


class DeleteAssetResponse(ResponseModel):
    """``source`` is where the asset was."""

    success: Literal[True] = True
    assetId: UUID
    source: Source
    message: str
