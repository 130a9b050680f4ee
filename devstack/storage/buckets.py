"""Buckets: create, list, get, update, empty, delete."""

import re
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, Field
from starlette.requests import Request
from starlette.routing import Route

from devstack.storage import errors, rows
from devstack.storage.caller import SERVICE
from devstack.storage.context import body_of, storage_of
from devstack.storage.names import check_bucket_name
from devstack.storage.wire import JsonResponse

_BUCKET: Final = """
    id, name, coalesce(owner_id, '') as owner, public, type::text, file_size_limit, allowed_mime_types,
    created_at, updated_at
"""
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)(gb|mb|kb|b)", re.IGNORECASE)
_UNITS: Final = {"b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000}
_MIME_TYPE: Final = re.compile(r"[\w\-+.]+/([\w\-+.]+|\*)(;\s*charset=[\w\-]+)?", re.ASCII)


def _bytes_of(limit: object) -> object:
    """``"20MB"`` and the like as a number of bytes."""
    if not isinstance(limit, str):
        return limit
    match = _SIZE.fullmatch(limit)
    if match is None:
        raise errors.invalid_file_size_limit()
    return int(float(match[1]) * _UNITS[match[2].lower()])


def _check_mime_types(mime_types: list[str] | None) -> None:
    for mime_type in mime_types or []:
        if not _MIME_TYPE.fullmatch(mime_type):
            raise errors.invalid_mime_type(mime_type)


class BucketOptions(BaseModel):
    """What can be changed later too; a field left out is left as it is, or takes its default."""

    public: bool = False
    file_size_limit: Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(_bytes_of)] = None
    allowed_mime_types: list[str] | None = None


class NewBucket(BucketOptions):
    name: str
    id: str | None = None


class BucketQuery(BaseModel):
    limit: int | None = Field(None, ge=0)
    offset: int = Field(0, ge=0)
    search: str = ""
    sort_column: Literal["id", "name", "created_at", "updated_at"] = Field("id", alias="sortColumn")
    sort_order: Literal["asc", "desc"] = Field("asc", alias="sortOrder")


async def create(request: Request) -> JsonResponse:
    storage = storage_of(request)
    caller = storage.caller(request)
    bucket = await body_of(request, NewBucket)
    check_bucket_name(bucket.name)
    check_bucket_name(bucket.id or bucket.name)
    _check_mime_types(bucket.allowed_mime_types)
    async with storage.database.transaction(caller) as connection:
        await connection.execute(
            "insert into storage.buckets (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types)"
            " values ($1, $2, $3, $4, $5, $6, $7)",
            bucket.id or bucket.name,
            bucket.name,
            rows.as_uuid(caller.id),
            caller.id,
            bucket.public,
            bucket.file_size_limit,
            bucket.allowed_mime_types,
        )
    return JsonResponse({"name": bucket.name})


async def list_all(request: Request) -> JsonResponse:
    storage = storage_of(request)
    caller = storage.caller(request)
    query = BucketQuery.model_validate(dict(request.query_params))
    async with storage.database.transaction(caller) as connection:
        found = await connection.fetch(
            f"select {_BUCKET} from storage.buckets where strpos(lower(name), lower($1)) > 0"
            f" order by {query.sort_column} {query.sort_order} limit $2 offset $3",
            query.search,
            query.limit,
            query.offset,
        )
    return JsonResponse([dict(row) for row in found])


async def get(request: Request) -> JsonResponse:
    storage = storage_of(request)
    async with storage.database.transaction(storage.caller(request)) as connection:
        row = await connection.fetchrow(
            f"select {_BUCKET} from storage.buckets where id = $1", request.path_params["bucket"]
        )
    if row is None:
        raise errors.no_such_bucket()
    return JsonResponse(dict(row))


async def update(request: Request) -> JsonResponse:
    storage = storage_of(request)
    caller = storage.caller(request)
    options = await body_of(request, BucketOptions)
    _check_mime_types(options.allowed_mime_types)
    changes: dict[str, Any] = options.model_dump(exclude_unset=True)
    assignments = ["updated_at = now()", *(f"{column} = ${n}" for n, column in enumerate(changes, start=2))]
    async with storage.database.transaction(caller) as connection:
        updated = await connection.fetchval(
            f"update storage.buckets set {', '.join(assignments)} where id = $1 returning id",
            request.path_params["bucket"],
            *changes.values(),
        )
    if updated is None:
        raise errors.no_such_bucket()
    return JsonResponse({"message": "Successfully updated"})


async def empty(request: Request) -> JsonResponse:
    """All the caller can see, or nothing: one object that may be seen but not deleted refuses the whole."""
    storage = storage_of(request)
    bucket = request.path_params["bucket"]
    async with storage.database.transaction(storage.caller(request)) as connection:
        if await rows.find_bucket(connection, bucket) is None:
            raise errors.no_such_bucket()
        names = await rows.all_names(connection, bucket)
        deleted = await rows.delete(connection, bucket, names)
        if kept := set(names) - {row["name"] for row in deleted}:
            raise errors.unauthorized(
                f"Cannot delete: {', '.join(sorted(kept))}, you may have SELECT but not DELETE permissions"
            )
    for row in deleted:
        storage.files.remove(bucket, row["name"], row["version"])
    return JsonResponse({"message": "Successfully emptied"})


async def delete(request: Request) -> JsonResponse:
    storage = storage_of(request)
    bucket = request.path_params["bucket"]
    caller = storage.caller(request)
    async with storage.database.transaction(SERVICE) as connection:
        if await rows.find_bucket(connection, bucket) is None:
            raise errors.no_such_bucket()
        if await rows.has_objects(connection, bucket):
            raise errors.bucket_not_empty()
    async with storage.database.transaction(caller) as connection:
        deleted = await connection.fetchval("delete from storage.buckets where id = $1 returning id", bucket)
    if deleted is None:
        raise errors.no_such_bucket()
    return JsonResponse({"message": "Successfully deleted"})


ROUTES: Final = [
    Route("/bucket", create, methods=["POST"]),
    Route("/bucket", list_all),
    Route("/bucket/{bucket}", get),
    Route("/bucket/{bucket}", update, methods=["PUT"]),
    Route("/bucket/{bucket}", delete, methods=["DELETE"]),
    Route("/bucket/{bucket}/empty", empty, methods=["POST"]),
]
