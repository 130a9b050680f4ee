"""Listing: ``list`` shows one folder, ``list-v2`` pages through a prefix with a cursor."""

import base64
import binascii
import json
from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.routing import Route

from devstack.storage import errors
from devstack.storage.context import body_of, storage_of
from devstack.storage.wire import JsonResponse

MAX_PAGE: Final = 1000

Order = Literal["asc", "desc"]


class SortBy(BaseModel):
    column: Literal["name", "updated_at", "created_at", "last_accessed_at"] = "name"
    order: Order = "asc"


class Folder(BaseModel):
    prefix: str
    limit: int = Field(100, ge=1)
    offset: int = Field(0, ge=0)
    sort_by: SortBy = Field(SortBy(), alias="sortBy")
    search: str = ""


class SortByV2(BaseModel):
    column: Literal["name", "updated_at", "created_at"] = "name"
    order: Order = "asc"


class Page(BaseModel):
    prefix: str = ""
    limit: int = Field(MAX_PAGE, ge=1)
    cursor: str | None = None
    with_delimiter: bool = False
    sort_by: SortByV2 = Field(SortByV2(), alias="sortBy")


# A folder is an entry without an id. Names count without case, as in the real function storage.search.
_FOLDER: Final = """
    with matching as (
        select *, path_tokens[$3] as entry, cardinality(path_tokens) > $3 as is_folder from storage.objects
        where bucket_id = $1 and starts_with(lower(name), lower($2))
    ), entries as (
        select entry as name, id, updated_at, created_at, last_accessed_at, metadata from matching where not is_folder
        union all
        select distinct entry, null::uuid, null::timestamptz, null::timestamptz, null::timestamptz, null::jsonb
        from matching where is_folder
    )
    select * from entries order by {order} limit $4 offset $5
"""

_PAGE: Final = """
    with matching as (
        select *, strpos(substr(name, length($2) + 1), '/') as delimiter from storage.objects
        where bucket_id = $1 and starts_with(name, $2)
    ), entries as (
        select name collate "C" as name, id, updated_at, created_at, last_accessed_at, metadata from matching
        where not $3 or delimiter = 0
        union all
        select left(name, length($2) + delimiter) collate "C", null, min(created_at), min(created_at), null, null
        from matching where $3 and delimiter > 0 group by 1
    )
    select * from entries
    where $4::text is null or ({column}, name) {beyond} ($5::{type}, $4)
    order by {column} {order}, name {order} limit $6
"""


async def list_folder(request: Request) -> JsonResponse:
    """Files and folders directly under a prefix, which is a folder; an unknown bucket is empty."""
    storage = storage_of(request)
    caller = storage.caller(request)
    body = await body_of(request, Folder)
    prefix = body.prefix if not body.prefix or body.prefix.endswith("/") else f"{body.prefix}/"
    sort = body.sort_by
    by_name = f'lower(name) collate "C" {sort.order}, name {sort.order}'
    # By any date folders, which have none, come first.
    order = by_name if sort.column == "name" else f"id is not null, {sort.column} {sort.order}, {by_name}"
    async with storage.database.transaction(caller) as connection:
        entries = await connection.fetch(
            _FOLDER.format(order=order),
            request.path_params["bucket"],
            prefix + body.search,
            prefix.count("/") + 1,
            body.limit,
            body.offset,
        )
    return JsonResponse([dict(entry) for entry in entries])


async def list_page(request: Request) -> JsonResponse:
    """Objects, and with a delimiter folders, whose names start with the prefix."""
    storage = storage_of(request)
    caller = storage.caller(request)
    body = await body_of(request, Page)
    limit = min(body.limit, MAX_PAGE)
    sort = body.sort_by
    after_value, after_name = _decode(body.cursor, sort.column) if body.cursor else (None, None)
    query = _PAGE.format(
        column=sort.column,
        type="text" if sort.column == "name" else "timestamptz",
        beyond=">" if sort.order == "asc" else "<",
        order=sort.order,
    )
    async with storage.database.transaction(caller) as connection:
        entries = await connection.fetch(
            query,
            request.path_params["bucket"],
            body.prefix,
            body.with_delimiter,
            after_name,
            after_value,
            limit + 1,
        )
    has_next = len(entries) > limit
    shown = entries[:limit]
    answer = {
        "hasNext": has_next,
        "folders": [{"name": entry["name"], "key": entry["name"]} for entry in shown if entry["id"] is None],
        "objects": [{**entry, "key": entry["name"]} for entry in shown if entry["id"] is not None],
    }
    if has_next:
        answer["nextCursor"] = _encode(shown[-1][sort.column], shown[-1]["name"])
    return JsonResponse(answer)


def _encode(value: str | datetime, name: str) -> str:
    text = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([text, name]).encode()).decode()


def _decode(cursor: str, column: str) -> tuple[str | datetime, str]:
    try:
        value, name = json.loads(base64.urlsafe_b64decode(cursor))
        return (value if column == "name" else datetime.fromisoformat(value)), str(name)
    except (binascii.Error, TypeError, ValueError) as error:
        raise errors.StorageError(400, "InvalidParameter", "Invalid Parameter cursor") from error


ROUTES: Final = [
    Route("/object/list/{bucket}", list_folder, methods=["POST"]),
    Route("/object/list-v2/{bucket}", list_page, methods=["POST"]),
]
