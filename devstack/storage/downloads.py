"""Downloads: ranges, conditional requests and ``?download=`` as the real API serves them."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import quote

import asyncpg
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from devstack.storage import errors, rows
from devstack.storage.caller import SERVICE
from devstack.storage.context import Storage, object_of, storage_of


async def public(request: Request) -> Response:
    storage = storage_of(request)
    bucket, name = object_of(request)
    async with storage.database.transaction(SERVICE) as connection:
        found = await rows.find_bucket(connection, bucket)
        if found is None or not found["public"]:
            raise errors.no_such_bucket()
        row = await rows.find_object(connection, bucket, name)
    return file_response(storage, request, row)


async def authenticated(request: Request) -> Response:
    storage = storage_of(request)
    return file_response(storage, request, await visible_object(storage, request))


async def visible_object(storage: Storage, request: Request) -> asyncpg.Record | None:
    """The row, where the bucket is public or the caller may see it."""
    caller = storage.caller(request)
    bucket, name = object_of(request)
    async with storage.database.transaction(SERVICE) as connection:
        found = await rows.find_bucket(connection, bucket)
    if found is None:
        raise errors.no_such_bucket()
    async with storage.database.transaction(SERVICE if found["public"] else caller) as connection:
        return await rows.find_object(connection, bucket, name)


def file_response(
    storage: Storage, request: Request, row: asyncpg.Record | None, *, expires: datetime | None = None
) -> Response:
    """Raises ``StorageError`` 404 where there is no such row, or its file has just been replaced."""
    if row is None:
        raise errors.no_such_object()
    path = storage.files.path(row["bucket_id"], row["name"], row["version"])
    try:
        stat = os.stat(path)
    except FileNotFoundError as error:
        raise errors.no_such_object() from error
    headers = _headers(row["metadata"], request.query_params.get("download"), expires)
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers=headers, stat_result=stat)


def _headers(metadata: Mapping[str, Any], download: str | None, expires: datetime | None) -> dict[str, str]:
    mime_type = metadata["mimetype"]
    headers = {
        # A page served from the project's own domain could act as the project.
        "Content-Type": "text/plain" if "text/html" in mime_type else mime_type,
        "ETag": metadata["eTag"],
        "Last-Modified": format_datetime(datetime.fromisoformat(metadata["lastModified"]), usegmt=True),
    }
    if expires is None:
        headers["Cache-Control"] = metadata["cacheControl"]
    else:
        headers["Expires"] = format_datetime(expires.astimezone(UTC), usegmt=True)
    if download == "":
        headers["Content-Disposition"] = "attachment;"
    elif download is not None:
        file_name = quote(download, safe="")
        headers["Content-Disposition"] = f"attachment; filename={file_name}; filename*=UTF-8''{file_name};"
    return headers


ROUTES: Final = [
    Route("/object/public/{bucket}/{name:path}", public),
    Route("/object/authenticated/{bucket}/{name:path}", authenticated),
    Route("/object/{bucket}/{name:path}", authenticated),
]
