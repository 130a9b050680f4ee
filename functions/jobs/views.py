"""From rows to what clients see: URLs signed now, progress in percent, the documents' ``all_assets``."""

from collections.abc import Sequence
from typing import Any, Final

from functions.edge.clients import Clients
from functions.edge.job_rows import public_row
from functions.jobs.schema import JobView
from shared.paths import WORKSPACE_BUCKET

URL_SECONDS: Final = 3600


async def job_views(clients: Clients, found: Sequence[dict[str, Any]]) -> list[JobView]:
    """One view for each answer of ``get_job``; all URLs are signed by one call."""
    paths = [
        path
        for item in found
        for asset in item["assets"]
        for path in (asset["temp_storage_path"], asset["thumbnail_path"])
        if path is not None
    ]
    urls = await clients.storage.sign_downloads(WORKSPACE_BUCKET, paths, URL_SECONDS)
    return [_view(item, urls) for item in found]


def _view(item: dict[str, Any], urls: dict[str, str]) -> JobView:
    job = item["job"]
    assets = [
        {
            **asset,
            "url": urls.get(asset["temp_storage_path"]),
            "thumbnail_url": urls.get(asset["thumbnail_path"] or ""),
        }
        for asset in item["assets"]
    ]
    all_assets = [asset["url"] for asset in assets if asset["url"] is not None]
    metadata = {**job["metadata"], "all_assets": all_assets, "primary_asset": next(iter(all_assets), None)}
    return JobView(
        **{
            **public_row(job),
            "progress": round(job["progress"] * 100),
            "error": job["error_message"] if job["status"] in ("failed", "cancelled") else None,
            "metadata": metadata,
            "assets": assets,
            "position": item["position"],
            "etaSeconds": item["eta_p50_seconds"],
            "etaP90Seconds": item["eta_p90_seconds"],
        }
    )
