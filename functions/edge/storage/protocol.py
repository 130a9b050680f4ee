"""The seam and its error."""

from collections.abc import Sequence
from typing import Protocol

from functions.edge.errors import ApiError
from shared.errors import ErrorCode


class StorageUnavailable(ApiError):
    """Storage cannot be reached or refuses to serve: 503."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.STORAGE_UNAVAILABLE, "The storage cannot be reached now.")


class Storage(Protocol):
    """Every method raises ``StorageUnavailable``."""

    async def sign_uploads(self, bucket: str, paths: Sequence[str]) -> dict[str, str]:
        """By path, a URL that takes one PUT without upsert. It lives 2 h: Storage allows no other time."""

    async def sign_downloads(self, bucket: str, paths: Sequence[str], seconds: int) -> dict[str, str]:
        """By path, a URL to read the object; objects that are not there are left out."""

    async def copy(self, bucket: str, path: str, to_bucket: str, to_path: str) -> bool:
        """Copy an object inside the storage, to a path where nothing lies. False when it is not there."""

    async def upload(self, bucket: str, path: str, data: bytes, content_type: str) -> None:
        """Put an object; one that lies there is replaced."""

    async def remove(self, bucket: str, paths: Sequence[str]) -> None:
        """Delete objects; those that are not there are no error."""

    async def aclose(self) -> None: ...
