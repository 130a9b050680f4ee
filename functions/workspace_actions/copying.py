"""A library asset back into the workspace, as the one asset of a completed job."""

from uuid import UUID, uuid4

from functions.edge.assets.kinds import EXTENSIONS
from functions.edge.assets.removal import remove_objects
from functions.edge.clients import Clients
from functions.edge.errors import ApiError
from functions.edge.storage import StorageUnavailable
from functions.workspace_actions.schema import CopyResponse
from shared.errors import ErrorCode
from shared.paths import LIBRARY_BUCKET, WORKSPACE_BUCKET, output_path, thumbnail_path


async def copy(clients: Clients, user_id: UUID, library_asset_id: UUID) -> CopyResponse:
    """One copy for each library asset, while it exists. Raises ``ApiError``: 404, 503."""
    plan = await clients.database.call("plan_copy", p_user_id=user_id, p_library_asset_id=library_asset_id)
    if plan["outcome"] != "planned":
        return _response(plan)
    asset, owner, job_id = plan["asset"], str(user_id), uuid4()
    path = output_path(owner, str(job_id), 1, 0, EXTENSIONS[asset["mime_type"]])
    if not await clients.storage.copy(LIBRARY_BUCKET, asset["storage_path"], WORKSPACE_BUCKET, path):
        raise ApiError(ErrorCode.NOT_FOUND, "The library asset's file is not there any more.")
    thumbnail = thumbnail_path(owner, str(job_id), 1, 0)
    has_thumbnail = asset["thumbnail_path"] is not None and await clients.storage.copy(
        LIBRARY_BUCKET, asset["thumbnail_path"], WORKSPACE_BUCKET, thumbnail
    )
    answer = await clients.database.call(
        "finish_copy",
        p_user_id=user_id,
        p_library_asset_id=library_asset_id,
        p_job_id=job_id,
        p_path=path,
        p_thumbnail_path=thumbnail if has_thumbnail else None,
    )
    await remove_objects(clients, answer["objects"])
    return _response(answer)


def _response(answer: dict[str, str]) -> CopyResponse:
    match answer["outcome"]:
        case "not_found":
            raise ApiError(ErrorCode.NOT_FOUND, "No such library asset.")
        case "not_verified":
            raise StorageUnavailable
        case "exists":
            message = "The asset is in the workspace already."
        case _:
            message = "The asset is copied into the workspace."
    return CopyResponse(workspaceAssetId=UUID(answer["workspace_asset_id"]), message=message)
