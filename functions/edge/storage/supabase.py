"""Supabase Storage through its own client (https://supabase.com/docs/reference/python/storage-from-createsigneduploadurl)."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import httpx

from functions.edge.storage.protocol import StorageUnavailable

if TYPE_CHECKING:
    from storage3 import AsyncStorageClient

COPY_TIMEOUT: Final = httpx.Timeout(60.0, connect=2.0)
"""A video has up to 200 MB."""


class SupabaseStorage:
    """``Storage`` over ``{project}/storage/v1`` with the service's key."""

    def __init__(self, project_url: str, headers: dict[str, str], transport: httpx.AsyncBaseTransport) -> None:
        self._url = f"{project_url}/storage/v1/"
        self._headers = headers
        self._transport = transport
        self._client: AsyncStorageClient | None = None

    async def sign_uploads(self, bucket: str, paths: Sequence[str]) -> dict[str, str]:
        async def sign(path: str) -> str:
            signed = await self._bucket(bucket).create_signed_upload_url(path)
            return str(signed["signed_url"])

        urls = await self._ask(asyncio.gather(*map(sign, paths)))
        return dict(zip(paths, urls, strict=True))

    async def sign_downloads(self, bucket: str, paths: Sequence[str], seconds: int) -> dict[str, str]:
        if not paths:
            return {}
        signed = await self._ask(self._bucket(bucket).create_signed_urls(list(paths), seconds))
        return {str(item["path"]): str(item["signedURL"]) for item in signed if not item.get("error")}

    async def copy(self, bucket: str, path: str, to_bucket: str, to_path: str) -> bool:
        return bool(await self._ask(self._copy(bucket, path, to_bucket, to_path)))

    async def upload(self, bucket: str, path: str, data: bytes, content_type: str) -> None:
        options = {"content-type": content_type, "upsert": "true"}
        await self._ask(self._bucket(bucket).upload(path, data, options))

    async def remove(self, bucket: str, paths: Sequence[str]) -> None:
        if paths:
            await self._ask(self._bucket(bucket).remove(list(paths)))

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.session.aclose()

    async def _copy(self, bucket: str, path: str, to_bucket: str, to_path: str) -> bool:
        from storage3.exceptions import StorageApiError

        # storage3's own copy (2.34.1) knows no other bucket.
        answer = await self._opened().session.post(
            f"{self._url}object/copy",
            json={"bucketId": bucket, "sourceKey": path, "destinationBucket": to_bucket, "destinationKey": to_path},
            timeout=COPY_TIMEOUT,
        )
        body = answer.json()
        if answer.is_success:
            return True
        if body.get("statusCode") == "404":
            return False
        raise StorageApiError(str(body.get("message")), str(body.get("error")), answer.status_code)

    def _bucket(self, bucket: str) -> Any:
        return self._opened().from_(bucket)

    def _opened(self) -> "AsyncStorageClient":
        if self._client is None:
            # Imported by the first use: most submissions never sign anything, and it costs a cold start 190 ms.
            from storage3 import AsyncStorageClient

            timeout = httpx.Timeout(10.0, connect=2.0)
            http = httpx.AsyncClient(headers=self._headers, timeout=timeout, transport=self._transport)
            self._client = AsyncStorageClient(self._url, self._headers, http_client=http)
        return self._client

    async def _ask(self, work: Any) -> Any:
        from storage3.utils import StorageException

        try:
            return await work
        # ValueError: a proxy's page in place of JSON.
        except (httpx.HTTPError, StorageException, ValueError) as error:
            raise StorageUnavailable from error
