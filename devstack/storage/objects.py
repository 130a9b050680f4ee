"""What is done with finished objects: info, copy, move, remove."""

from typing import Any, Final
from uuid import uuid4

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.routing import Route

from devstack.storage import errors, rows
from devstack.storage.caller import SERVICE
from devstack.storage.context import body_of, object_of, storage_of
from devstack.storage.downloads import visible_object
from devstack.storage.names import check_key
from devstack.storage.uploads import check_may_upload, put
from devstack.storage.wire import JsonResponse, now


class FromTo(BaseModel):
    bucket: str = Field(alias="bucketId")
    key: str = Field(alias="sourceKey")
    destination_bucket: str | None = Field(None, alias="destinationBucket")
    destination_key: str = Field(alias="destinationKey")

    @property
    def source(self) -> tuple[str, str]:
        return self.bucket, self.key

    @property
    def destination(self) -> tuple[str, str]:
        return self.destination_bucket or self.bucket, self.destination_key


class Removal(BaseModel):
    prefixes: list[str] = Field(min_length=1)


async def info(request: Request) -> JsonResponse:
    row = await visible_object(storage_of(request), request)
    if row is None:
        raise errors.no_such_object()
    metadata = row["metadata"] or {}
    return JsonResponse(
        {
            "id": row["id"],
            "name": row["name"],
            "version": row["version"],
            "bucket_id": row["bucket_id"],
            "size": metadata.get("size"),
            "content_type": metadata.get("mimetype"),
            "cache_control": metadata.get("cacheControl"),
            "etag": metadata.get("eTag"),
            "metadata": row["user_metadata"],
            "last_modified": row["updated_at"],
            "created_at": row["created_at"],
        }
    )


async def copy(request: Request) -> JsonResponse:
    """Needs SELECT on the source and INSERT on the copy, which belongs to the caller."""
    storage = storage_of(request)
    caller = storage.caller(request)
    body = await body_of(request, FromTo)
    async with storage.database.transaction(caller) as connection:
        source = await rows.find_object(connection, *body.source)
    if source is None:
        raise errors.no_such_object()
    upsert = request.headers.get("x-upsert") == "true"
    await check_may_upload(storage, *body.destination, caller=caller, owner=caller.id, upsert=upsert)
    version = str(uuid4())
    metadata: dict[str, Any] = {**(source["metadata"] or {}), "lastModified": now()}
    path = storage.files.path(*body.source, source["version"])
    async with storage.files.copy(path, *body.destination, version):
        row = await put(storage, *body.destination, caller.id, version, metadata, source["user_metadata"])
    return JsonResponse({"Id": row["id"], "Key": "/".join(body.destination), **row})


async def move(request: Request) -> JsonResponse:
    """Needs SELECT and UPDATE, the latter for the old name and the new."""
    storage = storage_of(request)
    caller = storage.caller(request)
    body = await body_of(request, FromTo)
    check_key(body.destination_key)
    version = str(uuid4())
    async with storage.database.rehearsal(caller) as connection:
        if await rows.move(connection, body.source, body.destination, caller.id, version) is None:
            raise errors.no_such_object()
    async with storage.database.transaction(SERVICE) as connection:
        source = await rows.find_object(connection, *body.source)
    if source is None:
        raise errors.no_such_object()
    if body.source != body.destination:
        path = storage.files.path(*body.source, source["version"])
        async with (
            storage.files.copy(path, *body.destination, version),
            storage.database.transaction(SERVICE) as connection,
        ):
            # Replaced or removed meanwhile: what was copied is no longer the object.
            if await rows.lock_version(connection, *body.source) != source["version"]:
                raise errors.no_such_object()
            await rows.move(connection, body.source, body.destination, caller.id, version)
        storage.files.remove(*body.source, source["version"])
    return JsonResponse({"message": "Successfully moved", "Id": source["id"], "Key": body.destination_key})


async def remove_many(request: Request) -> JsonResponse:
    """Answers with the rows that were deleted; names that are missing or not the caller's to delete are passed over."""
    storage = storage_of(request)
    caller = storage.caller(request)
    bucket = request.path_params["bucket"]
    names = (await body_of(request, Removal)).prefixes
    async with storage.database.transaction(caller) as connection:
        deleted = await rows.delete(connection, bucket, names)
    for row in deleted:
        storage.files.remove(bucket, row["name"], row["version"])
    return JsonResponse([dict(row) for row in deleted])


async def remove_one(request: Request) -> JsonResponse:
    storage = storage_of(request)
    bucket, name = object_of(request)
    async with storage.database.transaction(storage.caller(request)) as connection:
        deleted = await rows.delete(connection, bucket, [name])
    if not deleted:
        raise errors.no_such_object()
    storage.files.remove(bucket, name, deleted[0]["version"])
    return JsonResponse({"message": "Successfully deleted"})


ROUTES: Final = [
    Route("/object/info/{bucket}/{name:path}", info),
    Route("/object/copy", copy, methods=["POST"]),
    Route("/object/move", move, methods=["POST"]),
    Route("/object/{bucket}", remove_many, methods=["DELETE"]),
    Route("/object/{bucket}/{name:path}", remove_one, methods=["DELETE"]),
]
