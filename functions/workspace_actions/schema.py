"""Request and responses of workspace-actions."""

from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import AliasChoices, Field, StringConstraints, model_validator

from functions.edge.assets.schema import CursorText, PageLimit
from functions.edge.schema import RequestModel, ResponseModel

Action = Literal[
    "save_to_library",
    "clear_asset",
    "clear_job",
    "clear_workspace",
    "discard_asset",
    "copy_to_workspace",
    "list",
]

_NEEDED: Final = {
    "save_to_library": "asset_id",
    "clear_asset": "asset_id",
    "clear_job": "job_id",
    "discard_asset": "asset_id",
    "copy_to_workspace": "library_asset_id",
}

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]


class WorkspaceActionRequest(RequestModel):
    """One action a call. Title, collection and tags are of the library row that a save makes."""

    action: Action
    asset_id: UUID | None = Field(default=None, validation_alias=AliasChoices("asset_id", "assetId"))
    job_id: UUID | None = Field(default=None, validation_alias=AliasChoices("job_id", "jobId"))
    library_asset_id: UUID | None = Field(
        default=None, validation_alias=AliasChoices("library_asset_id", "libraryAssetId")
    )
    custom_title: Title | None = Field(default=None, validation_alias=AliasChoices("custom_title", "customTitle"))
    collection_id: UUID | None = Field(default=None, validation_alias=AliasChoices("collection_id", "collectionId"))
    tags: Annotated[list[Tag], Field(max_length=50)] | None = None
    cursor: CursorText | None = None
    limit: PageLimit = 50

    @model_validator(mode="after")
    def _check_target(self) -> Self:
        needed = _NEEDED.get(self.action)
        if needed is not None and getattr(self, needed) is None:
            raise ValueError(f"{self.action} needs {needed}")
        return self

    @property
    def target(self) -> UUID:
        """The id that the action is about."""
        target: UUID = getattr(self, _NEEDED[self.action])
        return target

    @property
    def details(self) -> dict[str, Any]:
        """As ``finish_saves`` takes them."""
        details = {"title": self.custom_title, "collection_id": self.collection_id and str(self.collection_id)}
        return {name: value for name, value in {**details, "tags": self.tags}.items() if value is not None}


class SaveResponse(ResponseModel):
    success: Literal[True] = True
    libraryAssetId: UUID
    message: str


class AssetResult(ResponseModel):
    """One asset of a batch; one that failed is still in the workspace, and ``code`` says why."""

    assetId: UUID
    success: bool
    libraryAssetId: UUID | None = None
    error: str | None = None
    code: str | None = None


class BatchResponse(ResponseModel):
    """``success`` is false when any asset failed, ``newSaves`` counts those that were not in the library before."""

    success: bool
    assetsProcessed: int
    newSaves: int
    errors: list[str]
    results: list[AssetResult]
    message: str


class DiscardResponse(ResponseModel):
    success: Literal[True] = True
    message: str


class CopyResponse(ResponseModel):
    success: Literal[True] = True
    workspaceAssetId: UUID
    message: str
