"""``PUT`` to a signed upload URL (Supabase Storage: ``/object/upload/sign/{bucket}/{path}?token=``)."""

from typing import Any, Final

import httpx

from gpu_handler.http import send
from gpu_handler.storage.protocol import StorageRefused
from shared.messages import Upload

_TIMEOUT: Final = httpx.Timeout(60.0, connect=5.0)


class HttpObjectStorage:
    """``ObjectStorage`` over HTTP."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def put(self, upload: Upload, data: bytes) -> None:
        headers = {"content-type": upload.content_type, "x-upsert": "false"}
        response = send(self._client, "PUT", upload.url, _TIMEOUT, content=data, headers=headers)
        if not response.is_success and not _exists_already(response):
            raise StorageRefused(f"HTTP {response.status_code}")


def _exists_already(response: httpx.Response) -> bool:
    # Storage answers 400 and puts the status it means into the body; newer versions answer 409 outright.
    if response.status_code == 409:
        return True
    try:
        body: Any = response.json()
    except ValueError:
        return False
    return isinstance(body, dict) and (str(body.get("statusCode")) == "409" or body.get("error") == "Duplicate")
