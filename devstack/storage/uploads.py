"""Uploads.

As in the real Storage, "exists" is asked before the bytes flow and not again: of two uploads to one new path both
succeed, and the later to finish wins.
"""

from typing import Any, Final
from uuid import uuid4

import asyncpg
from starlette.requests import Request
from starlette.routing import Route

from devstack.storage import errors, rows
from devstack.storage.caller import SERVICE, Caller
from devstack.storage.context import Storage, object_of, storage_of
from devstack.storage.incoming import open_incoming
from devstack.storage.names import check_key
from devstack.storage.wire import JsonResponse, now


async def create(request: Request) -> JsonResponse:
    return await _upload(request, upsert=request.headers.get("x-upsert") == "true")


async def replace(request: Request) -> JsonResponse:
    """As the real one, creates the object where there is none."""
    return await _upload(request, upsert=True)


async def _upload(request: Request, *, upsert: bool) -> JsonResponse:
    storage = storage_of(request)
    caller = storage.caller(request)
    bucket, name = object_of(request)
    row = await receive(storage, request, bucket, name, caller=caller, owner=caller.id, upsert=upsert)
    return JsonResponse({"Id": row["id"], "Key": f"{bucket}/{name}"})


async def check_may_upload(
    storage: Storage, bucket: str, name: str, *, caller: Caller, owner: str | None, upsert: bool
) -> None:
    """Raises ``asyncpg.PostgresError`` where a policy, an existing object or a missing bucket is in the way."""
    check_key(name)
    async with storage.database.rehearsal(caller) as connection:
        if upsert:
            await rows.upsert(connection, bucket, name, owner, version="1")
        else:
            await rows.insert(connection, bucket, name, owner, version="1")


async def receive(
    storage: Storage,
    request: Request,
    bucket: str,
    name: str,
    *,
    caller: Caller,
    owner: str | None,
    upsert: bool,
) -> asyncpg.Record:
    """The request's file becomes the object; returns its row. A request that ends early leaves nothing behind."""
    async with storage.database.transaction(SERVICE) as connection:
        limits = await rows.find_bucket(connection, bucket)
    if limits is None:
        raise errors.no_such_bucket()
    await check_may_upload(storage, bucket, name, caller=caller, owner=owner, upsert=upsert)
    incoming = await open_incoming(request)
    _check_mime_type(incoming.content_type, limits["allowed_mime_types"])
    version = str(uuid4())
    async with storage.files.create(bucket, name, version, max_bytes=limits["file_size_limit"]) as file:
        async for chunk in incoming.chunks():
            await file.write(chunk)
        metadata = {
            "eTag": file.etag,
            "size": file.size,
            "mimetype": incoming.content_type,
            "cacheControl": incoming.cache_control,
            "lastModified": now(),
            "contentLength": file.size,
            "httpStatusCode": 200,
        }
        return await put(storage, bucket, name, owner, version, metadata, incoming.user_metadata)


async def put(
    storage: Storage,
    bucket: str,
    name: str,
    owner: str | None,
    version: str,
    metadata: dict[str, Any],
    user_metadata: dict[str, Any] | None,
) -> asyncpg.Record:
    """Point the object's row at a finished file and delete the file it pointed at before."""
    async with storage.database.transaction(SERVICE) as connection:
        replaced = await rows.lock_version(connection, bucket, name)
        row = await rows.upsert(connection, bucket, name, owner, version, metadata, user_metadata)
    if replaced is not None:
        storage.files.remove(bucket, name, replaced)
    return row


def _check_mime_type(mime_type: str, allowed: list[str] | None) -> None:
    """``image/*`` allows every image; parameters such as ``;charset=`` do not count."""
    if not allowed:
        return
    essence = mime_type.partition(";")[0].strip()
    wildcard = essence.partition("/")[0] + "/*"
    if not {essence, wildcard} & {entry.partition(";")[0].strip() for entry in allowed}:
        raise errors.invalid_mime_type(mime_type)


ROUTES: Final = [
    Route("/object/{bucket}/{name:path}", create, methods=["POST"]),
    Route("/object/{bucket}/{name:path}", replace, methods=["PUT"]),
]
