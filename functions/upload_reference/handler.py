"""HTTP in and out of upload-reference."""

import asyncio
import hashlib
from typing import Final
from uuid import UUID, uuid5

from fastapi import APIRouter
from starlette.requests import Request

from functions.edge.auth import UserCaller
from functions.edge.clients import ClientsDep
from functions.edge.openapi import refused
from functions.edge.references import URL_SECONDS, Place
from functions.edge.storage import StorageUnavailable
from functions.upload_reference import form
from functions.upload_reference.refusals import refusal
from functions.upload_reference.schema import UploadReferenceResponse
from shared.errors import ErrorCode
from shared.paths import REFERENCE_BUCKET

router = APIRouter()

# A picture of 40 megapixels takes several hundred megabytes while it is made anew.
_DESKS: Final = asyncio.Semaphore(2)

_REFUSED: Final = refused(
    ErrorCode.INVALID_REQUEST,
    ErrorCode.STORE_FULL,
    ErrorCode.BODY_TOO_LARGE,
    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
    ErrorCode.STORAGE_UNAVAILABLE,
)


@router.post("/upload-reference", openapi_extra=form.OPENAPI, responses=_REFUSED)
async def upload_reference(request: Request, caller: UserCaller, clients: ClientsDep) -> UploadReferenceResponse:
    """Keep a picture for jobs to refer to. The same picture again is the same object."""
    # 60 ms of a cold start that only this function pays.
    from functions.upload_reference.pictures import remake

    data, fields = await form.read_form(request)
    async with _DESKS:
        picture = await asyncio.to_thread(remake, data)
    place = Place(REFERENCE_BUCKET, f"{caller.user}/{_name(caller.user, picture.data)}.{picture.extension}")
    answer = await clients.database.call(
        "admit_reference", p_user_id=caller.user, p_path=place.path, p_bytes=len(picture.data)
    )
    if answer["outcome"] == "full":
        raise refusal(
            ErrorCode.STORE_FULL,
            f"Your reference pictures may take {answer['limit_bytes'] // 1024**2} MB, and this one would go beyond it.",
            f"used_bytes: {answer['used_bytes']}; limit_bytes: {answer['limit_bytes']}",
        )
    if answer["outcome"] == "admitted":
        await clients.storage.upload(place.bucket, place.path, picture.data, picture.content_type)
    url = (await clients.storage.sign_downloads(place.bucket, [place.path], URL_SECONDS)).get(place.path)
    if url is None:
        # Somebody deleted it in the meantime: the same request again puts it back.
        raise StorageUnavailable
    return UploadReferenceResponse(
        path=place.path,
        bucket=place.bucket,
        reference_image_url=str(place),
        url=url,
        width=picture.width,
        height=picture.height,
        size_bytes=len(picture.data),
        content_type=picture.content_type,
        reference_type=fields.reference_type,
        name=fields.name,
    )


def _name(user_id: UUID, data: bytes) -> UUID:
    """One for each content, and not to be guessed from another user's."""
    return uuid5(user_id, hashlib.sha256(data).hexdigest())
