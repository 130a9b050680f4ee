"""The columns that the demo reads."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel


class JobRow(BaseModel):
    """Of ``jobs``; ``progress`` runs from 0 to 1."""

    id: str
    status: str
    stage: str
    progress: float
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    error_code: str | None
    error_message: str | None
    warnings: list[str]
    metadata: dict[str, Any]

    @property
    def has_ended(self) -> bool:
        return self.completed_at is not None


class AssetRow(BaseModel):
    """Of ``workspace_assets``; ``generation_settings`` is what the worker says it drew with."""

    temp_storage_path: str
    thumbnail_path: str
    mime_type: str
    generation_seed: int
    model_used: str
    width: int
    height: int
    generation_settings: dict[str, Any]
