"""Many assets at once: each is saved and taken out of the workspace, or stays there."""

from collections.abc import Sequence
from uuid import UUID

from functions.edge.assets.saves import SaveResult, save
from functions.edge.clients import Clients
from functions.workspace_actions.schema import AssetResult, BatchResponse


async def clear(clients: Clients, user_id: UUID, job_id: UUID | None = None) -> BatchResponse:
    """The assets of the job, or the whole workspace. Raises ``ApiError``."""
    results = await save(clients, user_id, job_id=job_id, is_clearing=True)
    failed = [result for result in results if result.code is not None]
    return BatchResponse(
        success=not failed,
        assetsProcessed=len(results),
        newSaves=sum(result.is_new for result in results),
        errors=[f"{result.asset_id}: {result.error}" for result in failed],
        results=[_asset_result(result) for result in results],
        message=_message(results, failed),
    )


def _asset_result(result: SaveResult) -> AssetResult:
    return AssetResult(
        assetId=UUID(result.asset_id),
        success=result.code is None,
        libraryAssetId=None if result.library_asset_id is None else UUID(result.library_asset_id),
        error=result.error,
        code=result.code,
    )


def _message(results: Sequence[SaveResult], failed: Sequence[SaveResult]) -> str:
    if not results:
        return "There is nothing to clear."
    if failed:
        return f"{len(failed)} of {len(results)} assets could not be saved and were left as they are."
    return "All assets are in the library and cleared from the workspace."
