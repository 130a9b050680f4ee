"""Where a page of assets ended. All lists of assets are newest first."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

CURSOR_PATTERN: Final = r"^[0-9]{1,17}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last asset of the page before; as text, microseconds since 1970 and the id: nothing a URL would change."""

    created_at: datetime
    id: UUID

    @classmethod
    def after(cls, asset: dict[str, Any]) -> Self:
        return cls(datetime.fromisoformat(asset["created_at"]), UUID(asset["id"]))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Of a text that fits ``CURSOR_PATTERN``."""
        microseconds, _, asset_id = text.partition("_")
        return cls(_EPOCH + timedelta(microseconds=int(microseconds)), UUID(asset_id))

    def __str__(self) -> str:
        return f"{(self.created_at - _EPOCH) // timedelta(microseconds=1)}_{self.id}"
