"""HTTP in and out of workspace-actions."""

from uuid import UUID

from fastapi import APIRouter

from functions.edge.assets.removal import remove_objects
from functions.edge.assets.saves import save
from functions.edge.assets.schema import AssetListResponse
from functions.edge.assets.views import list_assets
from functions.edge.auth import UserCaller
from functions.edge.clients import Clients, ClientsDep
from functions.edge.errors import ApiError
from functions.edge.openapi import refused
from functions.workspace_actions.clearing import clear
from functions.workspace_actions.copying import copy
from functions.workspace_actions.schema import (
    BatchResponse,
    CopyResponse,
    DiscardResponse,
    SaveResponse,
    WorkspaceActionRequest,
)
from shared.errors import ErrorCode

router = APIRouter()

Answer = SaveResponse | BatchResponse | DiscardResponse | CopyResponse | AssetListResponse


@router.post("/workspace-actions", responses=refused(ErrorCode.NOT_FOUND, ErrorCode.STORAGE_UNAVAILABLE))
async def workspace_actions(request: WorkspaceActionRequest, caller: UserCaller, clients: ClientsDep) -> Answer:
    """Every action may be asked again: it finishes what is left and answers as before."""
    match request.action:
        case "save_to_library" | "clear_asset":
            return await _save(clients, caller.user, request)
        case "clear_job":
            return await clear(clients, caller.user, request.target)
        case "clear_workspace":
            return await clear(clients, caller.user)
        case "discard_asset":
            return await _discard(clients, caller.user, request.target)
        case "copy_to_workspace":
            return await copy(clients, caller.user, request.target)
        case "list":
            return await list_assets(
                clients, caller.user, cursor=request.cursor, limit=request.limit, p_source="workspace"
            )


async def _save(clients: Clients, user_id: UUID, request: WorkspaceActionRequest) -> SaveResponse:
    is_clearing = request.action == "clear_asset"
    (result,) = await save(
        clients, user_id, asset_ids=[str(request.target)], is_clearing=is_clearing, details=request.details
    )
    if result.code is not None:
        raise ApiError(result.code, str(result.error))
    where = "in the library and cleared from the workspace" if is_clearing else "in the library"
    return SaveResponse(libraryAssetId=UUID(result.library_asset_id), message=f"The asset is {where}.")


async def _discard(clients: Clients, user_id: UUID, asset_id: UUID) -> DiscardResponse:
    answer = await clients.database.call("delete_asset", p_user_id=user_id, p_asset_id=asset_id, p_source="workspace")
    if answer["outcome"] == "not_found":
        return DiscardResponse(message="The asset was gone already.")
    await remove_objects(clients, answer["objects"])
    return DiscardResponse(message="The asset is discarded.")
