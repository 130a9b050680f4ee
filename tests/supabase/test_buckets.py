"""What the three buckets take, through the gateway's Storage API: even from the service."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from storage3 import AsyncStorageClient
from storage3.exceptions import StorageApiError

from devstack.project import Project

MEGABYTE = 1024 * 1024
IMAGES = {"image/jpeg", "image/png", "image/webp"}
TYPES = {
    "workspace-temp": {*IMAGES, "video/mp4"},
    "user-library": {*IMAGES, "video/mp4"},
    "reference_images": {*IMAGES, "image/gif"},
}
OTHERS = {"image/svg+xml", "text/html", "application/octet-stream"}


@pytest.fixture
async def service(project: Project) -> AsyncIterator[AsyncStorageClient]:
    async with httpx.AsyncClient(timeout=30) as http:
        yield AsyncStorageClient(f"{project.url}/storage/v1/", {"apikey": project.keys.secret_key}, http_client=http)


async def upload(service: AsyncStorageClient, bucket: str, content_type: str, content: bytes = b"bytes") -> None:
    options: Any = {"content-type": content_type}
    await service.from_(bucket).upload(f"{uuid4()}/{uuid4()}", content, options)


async def test_the_buckets_are_private_and_limited(owner: Any) -> None:
    rows = await owner.fetch("select * from storage.buckets")
    assert {row["id"]: (row["public"], row["file_size_limit"]) for row in rows} == {
        "workspace-temp": (False, 200 * MEGABYTE),
        "user-library": (False, 200 * MEGABYTE),
        "reference_images": (False, 10 * MEGABYTE),
    }


@pytest.mark.parametrize("bucket", TYPES)
async def test_what_a_bucket_is_for_is_taken(service: AsyncStorageClient, bucket: str) -> None:
    for content_type in TYPES[bucket]:
        await upload(service, bucket, content_type)


@pytest.mark.parametrize("bucket", TYPES)
async def test_other_types_are_refused(service: AsyncStorageClient, bucket: str) -> None:
    for content_type in OTHERS.union(*TYPES.values()) - TYPES[bucket]:
        with pytest.raises(StorageApiError, match=f"mime type {content_type.replace('+', '.')} is not supported"):
            await upload(service, bucket, content_type)


async def test_ten_megabytes_of_reference_are_taken_and_no_more(service: AsyncStorageClient) -> None:
    await upload(service, "reference_images", "image/png", bytes(10 * MEGABYTE))
    with pytest.raises(StorageApiError, match="maximum allowed size"):
        await upload(service, "reference_images", "image/png", bytes(10 * MEGABYTE + 1))
