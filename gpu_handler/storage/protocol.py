"""The seam. One call, never repeated by itself."""

from typing import Protocol

from shared.messages import Upload


class StorageRefused(Exception):
    """Storage will not take this object at this URL."""


class ObjectStorage(Protocol):
    def put(self, upload: Upload, data: bytes) -> None:
        """Make ``data`` the object at ``upload.path``. An object that is there already is a success: the path belongs
        to this attempt alone, so an earlier call put it there and its answer was lost.

        Raises ``StorageRefused``, or ``Unavailable`` where trying again may help.
        """
