"""Which names buckets and objects may have.

Source: https://supabase.com/docs/guides/storage/uploads/standard-uploads, https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
"""

import re
from typing import Final

from devstack.storage import errors

_SAFE: Final = r"\w!\-.*'() &$@=;:+,?"
_KEY: Final = re.compile(rf"[{_SAFE}/]+", re.ASCII)
_BUCKET_NAME: Final = re.compile(rf"[{_SAFE}]{{1,100}}", re.ASCII)
_DOT_SEGMENTS: Final = frozenset({".", ".."})
MAX_KEY_LENGTH: Final = 1024
MAX_SEGMENT_LENGTH: Final = 255
"""A file system's limit, which the real one's object store does not have."""


def check_key(key: str) -> None:
    """Raises ``StorageError`` 400 for an object name that is too long, has other characters or a dot segment."""
    segments = key.split("/")
    if (
        not _KEY.fullmatch(key)
        or len(key) > MAX_KEY_LENGTH
        or max(map(len, segments)) > MAX_SEGMENT_LENGTH
        or not _DOT_SEGMENTS.isdisjoint(segments)
    ):
        raise errors.invalid_key(key)


def check_bucket_name(name: str) -> None:
    """Raises ``StorageError`` 400 for a bucket name with other characters, and for a dot segment."""
    if not _BUCKET_NAME.fullmatch(name) or name in _DOT_SEGMENTS:
        raise errors.invalid_bucket_name()
