"""Where objects lie in Storage. Clients learn paths from rows only; these rules are for both sides of the queue.

``workspace-temp``: ``{user}/{job}/{attempt}-{index}.{ext}`` and ``….thumb.webp``. The attempt number keeps a late
upload of an older attempt from ever replacing a finished object.
"""

import re
from dataclasses import dataclass
from typing import Final

WORKSPACE_BUCKET: Final = "workspace-temp"
LIBRARY_BUCKET: Final = "user-library"
REFERENCE_BUCKET: Final = "reference_images"

THUMBNAIL_CONTENT_TYPE: Final = "image/webp"
THUMBNAIL_BYTE_LIMIT: Final = 1024 * 1024

_UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_OUTPUT: Final = re.compile(
    rf"(?P<user_id>{_UUID})/(?P<job_id>{_UUID})/(?P<attempt>[1-9][0-9]{{0,3}})-(?P<index>0|[1-9][0-9]?)"
    r"\.(?P<suffix>png|mp4|thumb\.webp)"
)


@dataclass(frozen=True, slots=True)
class OutputPath:
    """A parsed path of one output object of one attempt."""

    user_id: str
    job_id: str
    attempt: int
    index: int
    is_thumbnail: bool


def output_path(user_id: str, job_id: str, attempt: int, index: int, extension: str) -> str:
    """Path of output ``index`` (counted from 0) inside ``workspace-temp``."""
    return f"{user_id}/{job_id}/{attempt}-{index}.{extension}"


def thumbnail_path(user_id: str, job_id: str, attempt: int, index: int) -> str:
    """Path of the output's thumbnail inside ``workspace-temp``."""
    return f"{user_id}/{job_id}/{attempt}-{index}.thumb.webp"


def parse_output_path(path: str) -> OutputPath | None:
    """Take a path apart; ``None`` for anything the two functions above do not write."""
    match = _OUTPUT.fullmatch(path)
    if match is None:
        return None
    return OutputPath(
        user_id=match["user_id"],
        job_id=match["job_id"],
        attempt=int(match["attempt"]),
        index=int(match["index"]),
        is_thumbnail=match["suffix"] == "thumb.webp",
    )
