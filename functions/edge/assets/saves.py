"""Saving in the library: SQL says what, Storage copies, SQL looks that the copy is there and writes the row."""

import asyncio
import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from functions.edge.assets.cursor import Cursor
from functions.edge.assets.kinds import EXTENSIONS
from functions.edge.assets.removal import remove_objects
from functions.edge.clients import Clients
from functions.edge.errors import ApiError
from functions.edge.storage import StorageUnavailable
from shared.errors import ErrorCode
from shared.paths import LIBRARY_BUCKET, WORKSPACE_BUCKET, library_paths

PAGE: Final = 50

logger = logging.getLogger("functions.saves")


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What became of one asset. With ``code`` set it is where it was, with its objects."""

    asset_id: str
    library_asset_id: str | None = None
    is_new: bool = False
    code: ErrorCode | None = None
    error: str | None = None


async def save(
    clients: Clients,
    user_id: UUID,
    *,
    asset_ids: Sequence[str] | None = None,
    job_id: UUID | None = None,
    is_clearing: bool = False,
    details: Mapping[str, Any] | None = None,
) -> list[SaveResult]:
    """Save these assets (a page of them at most), those of a job, or the whole workspace, each once.

    With ``is_clearing`` an asset that is safe in the library leaves the workspace. ``details`` are ``title``, ``tags``
    and ``collection_id`` of new rows. What arrives meanwhile is left alone. Raises ``ApiError``: 404 for a job or a
    collection that is not the user's, 503 while the database is down; what was saved by then stays saved.
    """
    details = dict(details or {})
    results: list[SaveResult] = []
    last: Cursor | None = None
    while True:
        plan = await clients.database.call(
            "plan_saves",
            p_user_id=user_id,
            p_asset_ids=asset_ids,
            p_job_id=job_id,
            p_collection_id=details.get("collection_id"),
            p_before=last and last.created_at,
            p_before_id=last and last.id,
            p_limit=PAGE,
        )
        _check(plan)
        assets = plan["assets"]
        planned = {asset["id"] for asset in assets}
        gone = [asset_id for asset_id in asset_ids or () if asset_id not in planned]
        copies = await _copies(clients, str(user_id), assets)
        page = await _finish(clients, user_id, [*copies, *({"asset_id": it} for it in gone)], is_clearing, details)
        results += page
        # A storage that does nothing for a whole page is down: the rest would wait in vain.
        if len(assets) < PAGE or all(result.code is ErrorCode.STORAGE_UNAVAILABLE for result in page):
            return results
        last = Cursor.after(assets[-1])


async def save_due(clients: Clients, job_id: UUID | None = None) -> None:
    """Save what jobs with destination ``library`` made: that job, or all that was left behind. Never fails."""
    try:
        claimed = await clients.database.call("claim_due_saves", p_job_id=job_id, p_limit=PAGE)
        for due in claimed["saves"]:
            for result in await save(clients, UUID(due["user_id"]), asset_ids=due["asset_ids"]):
                if result.code is not None:
                    logger.warning("an asset stays unsaved until a later sweep: %s", result.code)
    except ApiError as error:
        logger.warning("assets stay unsaved until a later sweep: %s", error)


def _check(plan: dict[str, Any]) -> None:
    match plan["outcome"]:
        case "not_found":
            raise ApiError(ErrorCode.NOT_FOUND, "No such job.")
        case "collection_not_found":
            raise ApiError(ErrorCode.NOT_FOUND, "No such collection.")


async def _copies(clients: Clients, user_id: str, assets: list[dict[str, Any]]) -> list[dict[str, Any] | SaveResult]:
    async def copy(asset: dict[str, Any]) -> dict[str, Any] | SaveResult:
        async with clients.copies:
            return await _copy(clients, user_id, asset)

    return await asyncio.gather(*map(copy, assets))


async def _copy(clients: Clients, user_id: str, asset: dict[str, Any]) -> dict[str, Any] | SaveResult:
    """An entry of ``finish_saves``, or why there is none."""
    if asset["is_saved"]:
        return {"asset_id": asset["id"]}
    library_asset_id = str(uuid4())
    path, thumbnail_path = library_paths(user_id, library_asset_id, EXTENSIONS[asset["mime_type"]])
    storage = clients.storage
    try:
        if not await storage.copy(WORKSPACE_BUCKET, asset["path"], LIBRARY_BUCKET, path):
            # SQL knows whether that is because another call has just cleared it.
            return {"asset_id": asset["id"], "is_lost": True}
        has_thumbnail = asset["thumbnail_path"] is not None and await storage.copy(
            WORKSPACE_BUCKET, asset["thumbnail_path"], LIBRARY_BUCKET, thumbnail_path
        )
    except StorageUnavailable as error:
        return SaveResult(asset["id"], code=error.code, error=error.message)
    return {
        "asset_id": asset["id"],
        "library_asset_id": library_asset_id,
        "path": path,
        "thumbnail_path": thumbnail_path if has_thumbnail else None,
    }


async def _finish(
    clients: Clients,
    user_id: UUID,
    copies: Sequence[dict[str, Any] | SaveResult],
    is_clearing: bool,
    details: dict[str, Any],
) -> list[SaveResult]:
    """One result for each copy, in their order."""
    saves = [copy for copy in copies if isinstance(copy, dict)]
    finished: dict[str, SaveResult] = {}
    if saves:
        answer = await clients.database.call(
            "finish_saves", p_user_id=user_id, p_saves=saves, p_clears=is_clearing, p_details=details
        )
        lost = {save["asset_id"] for save in saves if save.get("is_lost")}
        finished = {result["asset_id"]: _result(result, lost) for result in answer["results"]}
        await remove_objects(clients, answer["objects"])
    return [copy if isinstance(copy, SaveResult) else finished[copy["asset_id"]] for copy in copies]


def _result(result: dict[str, Any], lost: Set[str]) -> SaveResult:
    asset_id = result["asset_id"]
    match result["outcome"]:
        case "not_found":
            return SaveResult(asset_id, code=ErrorCode.NOT_FOUND, error="No such asset.")
        case "not_verified" if asset_id in lost:
            return SaveResult(asset_id, code=ErrorCode.NOT_FOUND, error="The asset's file is not there any more.")
        case "not_verified":
            return SaveResult(
                asset_id, code=ErrorCode.STORAGE_UNAVAILABLE, error="The copy in the library could not be verified."
            )
    return SaveResult(asset_id, library_asset_id=result["library_asset_id"], is_new=result["outcome"] == "saved")
