"""HTTP in and out of assets: GET and DELETE, and POST because ``functions.invoke`` sends that by default."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query

from functions.assets.schema import AssetResponse, AssetsQuery, DeleteAssetResponse
from functions.edge.assets import views
from functions.edge.assets.removal import remove_objects
from functions.edge.assets.schema import AssetListResponse
from functions.edge.auth import UserCaller
from functions.edge.clients import Clients, ClientsDep
from functions.edge.errors import ApiError
from functions.edge.openapi import refused
from shared.errors import ErrorCode

router = APIRouter()

_REFUSED: Final = refused(ErrorCode.NOT_FOUND, ErrorCode.STORAGE_UNAVAILABLE)


@router.get("/assets", responses=_REFUSED)
async def list_assets(
    query: Annotated[AssetsQuery, Query()], caller: UserCaller, clients: ClientsDep
) -> AssetListResponse | AssetResponse:
    """The caller's assets, newest first; one of them when ``asset_id`` is given."""
    return await _find(clients, caller.user, query)


@router.post("/assets", responses=_REFUSED)
async def find_assets(query: AssetsQuery, caller: UserCaller, clients: ClientsDep) -> AssetListResponse | AssetResponse:
    """The same, with the query in the body."""
    return await _find(clients, caller.user, query)


@router.get("/assets/{asset_id}", responses=_REFUSED)
async def get_asset(asset_id: UUID, caller: UserCaller, clients: ClientsDep) -> AssetResponse:
    """One asset of the caller; another user's is not found."""
    return await _get(clients, caller.user, asset_id)


@router.delete("/assets/{asset_id}", responses=refused(ErrorCode.NOT_FOUND))
async def delete_asset(asset_id: UUID, caller: UserCaller, clients: ClientsDep) -> DeleteAssetResponse:
    """Row and objects, for good, in the workspace or in the library; a copy in the other one stays."""
    answer = await clients.database.call("delete_asset", p_user_id=caller.user, p_asset_id=asset_id)
    if answer["outcome"] == "not_found":
        raise ApiError(ErrorCode.NOT_FOUND, "No such asset.")
    await remove_objects(clients, answer["objects"])
    return DeleteAssetResponse(
        assetId=asset_id, source=answer["source"], message=f"The asset is deleted from the {answer['source']}."
    )


async def _find(clients: Clients, user_id: UUID, query: AssetsQuery) -> AssetListResponse | AssetResponse:
    if query.asset_id is not None:
        return await _get(clients, user_id, query.asset_id)
    return await views.list_assets(
        clients,
        user_id,
        cursor=query.cursor,
        limit=query.limit,
        p_source=query.source,
        p_asset_type=query.asset_type,
        p_job_id=query.job_id,
        p_is_favorite=query.is_favorite,
        p_collection_id=query.collection_id,
    )


async def _get(clients: Clients, user_id: UUID, asset_id: UUID) -> AssetResponse:
    answer = await clients.database.call("get_asset", p_user_id=user_id, p_asset_id=asset_id)
    if answer["outcome"] == "not_found":
        raise ApiError(ErrorCode.NOT_FOUND, "No such asset.")
    (view,) = await views.asset_views(clients, [answer["asset"]])
    return AssetResponse(asset=view)
