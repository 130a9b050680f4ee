"""From rows to what clients see."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from functions.edge.assets.cursor import Cursor
from functions.edge.assets.schema import AssetListResponse, AssetView
from functions.edge.clients import Clients
from shared.paths import LIBRARY_BUCKET, WORKSPACE_BUCKET

URL_SECONDS: Final = 3600
_BUCKETS: Final = {"workspace": WORKSPACE_BUCKET, "library": LIBRARY_BUCKET}
_PATHS: Final = {"workspace": "temp_storage_path", "library": "storage_path"}


async def list_assets(
    clients: Clients, user_id: UUID, *, cursor: str | None, limit: int, **filters: Any
) -> AssetListResponse:
    """A page of the user's assets. ``filters`` are arguments of the SQL function ``list_assets``."""
    before = Cursor.parse(cursor) if cursor is not None else None
    answer = await clients.database.call(
        "list_assets",
        p_user_id=user_id,
        **filters,
        p_before=before and before.created_at,
        p_before_id=before and before.id,
        # One more tells whether there is another page.
        p_limit=limit + 1,
    )
    found = answer["assets"]
    page = found[:limit]
    return AssetListResponse(
        assets=await asset_views(clients, page),
        nextCursor=str(Cursor.after(page[-1])) if len(found) > limit else None,
    )


async def asset_views(clients: Clients, assets: Sequence[dict[str, Any]]) -> list[AssetView]:
    """One view for each row; the URLs of a bucket are signed by one call."""
    signed = await asyncio.gather(*(_urls(clients, assets, source) for source in _BUCKETS))
    urls = dict(zip(_BUCKETS, signed, strict=True))
    return [
        AssetView(
            **asset,
            url=urls[asset["source"]].get(asset[_PATHS[asset["source"]]]),
            thumbnail_url=urls[asset["source"]].get(asset["thumbnail_path"] or ""),
        )
        for asset in assets
    ]


async def _urls(clients: Clients, assets: Sequence[dict[str, Any]], source: str) -> dict[str, str]:
    paths = [
        path
        for asset in assets
        if asset["source"] == source
        for path in (asset[_PATHS[source]], asset["thumbnail_path"])
        if path is not None
    ]
    return await clients.storage.sign_downloads(_BUCKETS[source], paths, URL_SECONDS)
