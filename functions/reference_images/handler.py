"""HTTP in and out of reference-images: GET and DELETE, and POST because ``functions.invoke`` sends that by default."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query

from functions.edge.auth import UserCaller
from functions.edge.clients import Clients, ClientsDep
from functions.edge.errors import ApiError
from functions.edge.openapi import refused
from functions.edge.references import URL_SECONDS, Place
from functions.edge.schema import Storable
from functions.reference_images.schema import (
    DeletedResponse,
    ReferenceImage,
    ReferenceImagesQuery,
    ReferenceImagesResponse,
)
from shared.errors import ErrorCode
from shared.paths import REFERENCE_BUCKET

router = APIRouter()

Name = Annotated[Storable, Path(max_length=1024, description="As the list tells it, such as `{uuid}.png`.")]


@router.get("/reference-images", responses=refused(ErrorCode.STORAGE_UNAVAILABLE))
async def list_references(
    query: Annotated[ReferenceImagesQuery, Query()], caller: UserCaller, clients: ClientsDep
) -> ReferenceImagesResponse:
    """The caller's reference pictures, newest first."""
    return await _list(clients, caller.user, query)


@router.post("/reference-images", responses=refused(ErrorCode.STORAGE_UNAVAILABLE))
async def find_references(
    caller: UserCaller, clients: ClientsDep, query: ReferenceImagesQuery | None = None
) -> ReferenceImagesResponse:
    """The same, with the query in the body."""
    return await _list(clients, caller.user, query or ReferenceImagesQuery())


@router.delete("/reference-images/{name:path}", responses=refused(ErrorCode.NOT_FOUND, ErrorCode.STORAGE_UNAVAILABLE))
async def delete_reference(name: Name, caller: UserCaller, clients: ClientsDep) -> DeletedResponse:
    """Delete one for good. A job that still refers to it is made without, and says so."""
    answer = await clients.database.call("find_reference", p_user_id=caller.user, p_name=name)
    if answer["outcome"] == "not_found":
        raise ApiError(ErrorCode.NOT_FOUND, "No such reference picture.")
    await clients.storage.remove(REFERENCE_BUCKET, [answer["path"]])
    return DeletedResponse(path=answer["path"])


async def _list(clients: Clients, user_id: UUID, query: ReferenceImagesQuery) -> ReferenceImagesResponse:
    answer = await clients.database.call(
        "list_references", p_user_id=user_id, p_before=query.before, p_limit=query.limit
    )
    found = answer["references"]
    urls = await clients.storage.sign_downloads(REFERENCE_BUCKET, [item["path"] for item in found], URL_SECONDS)
    return ReferenceImagesResponse(
        references=[_view(item, urls) for item in found],
        used_bytes=answer["used_bytes"],
        limit_bytes=answer["limit_bytes"],
    )


def _view(item: dict[str, Any], urls: dict[str, str]) -> ReferenceImage:
    return ReferenceImage(
        **item,
        bucket=REFERENCE_BUCKET,
        reference_image_url=str(Place(REFERENCE_BUCKET, item["path"])),
        url=urls.get(item["path"]),
    )
