"""Uploading one finished output."""

from threading import Event
from typing import Final

from gpu_handler.failures import BadInput
from gpu_handler.retry import call_with_retries
from gpu_handler.storage import ObjectStorage
from shared.messages import Upload

UPLOAD_SECONDS: Final = 90.0


def deliver(storage: ObjectStorage, upload: Upload, data: bytes, stop: Event) -> None:
    """Upload one object, trying for a bounded time and no longer than until ``stop``.

    Raises ``BadInput`` above the byte limit, ``StorageRefused``, or the last ``Unavailable``.
    """
    if len(data) > upload.byte_limit:
        raise BadInput(f"The output is {len(data)} bytes large; this job type allows {upload.byte_limit}.")
    call_with_retries(lambda: storage.put(upload, data), seconds=UPLOAD_SECONDS, stop=stop)
