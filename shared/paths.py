"""Where objects lie in Storage. Clients learn paths from rows only; these rules are for both sides of the queue.

``workspace-temp``: ``{user}/{job}/{attempt}-{index}.{ext}`` and ``….thumb.webp``. The attempt number keeps a late
upload of an older attempt from ever replacing a finished object. ``private.is_output_path`` in SQL checks what is
reported against it.

``user-library``: ``{user}/{asset}.{ext}`` and ``….thumb.webp``. The id is drawn for each copy: no path is used twice.
"""

from typing import Final

WORKSPACE_BUCKET: Final = "workspace-temp"
LIBRARY_BUCKET: Final = "user-library"
REFERENCE_BUCKET: Final = "reference_images"

THUMBNAIL_CONTENT_TYPE: Final = "image/webp"
THUMBNAIL_BYTE_LIMIT: Final = 1024 * 1024


def output_path(user_id: str, job_id: str, attempt: int, index: int, extension: str) -> str:
    """Path of output ``index`` (counted from 0) inside ``workspace-temp``."""
    return f"{user_id}/{job_id}/{attempt}-{index}.{extension}"


def thumbnail_path(user_id: str, job_id: str, attempt: int, index: int) -> str:
    """Path of the output's thumbnail inside ``workspace-temp``."""
    return f"{user_id}/{job_id}/{attempt}-{index}.thumb.webp"


def library_paths(user_id: str, asset_id: str, extension: str) -> tuple[str, str]:
    """Path of a library asset inside ``user-library``, and of its thumbnail."""
    return f"{user_id}/{asset_id}.{extension}", f"{user_id}/{asset_id}.thumb.webp"
