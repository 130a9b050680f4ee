"""Signed URLs: their tokens name one object and one use, and stand in for a caller."""

import time
from datetime import UTC, datetime
from typing import Any, Final, Literal

import jwt
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from devstack.keys import Keys
from devstack.storage import errors, rows
from devstack.storage.caller import SERVICE
from devstack.storage.context import body_of, object_of, storage_of
from devstack.storage.downloads import file_response
from devstack.storage.uploads import check_may_upload, receive
from devstack.storage.wire import JsonResponse

UPLOAD_SECONDS: Final = 2 * 3600
_NOT_VISIBLE: Final = "Either the object does not exist or you do not have access to it"

Use = Literal["download", "upload"]


class Expiry(BaseModel):
    seconds: int = Field(alias="expiresIn", ge=1)


class Batch(Expiry):
    paths: list[str] = Field(min_length=1)


def _sign(keys: Keys, use: Use, url: str, seconds: int, **claims: Any) -> str:
    now = int(time.time())
    return keys.sign({"url": url, "use": use, "iat": now, "exp": now + seconds, **claims})


def _verify(request: Request, keys: Keys, use: Use) -> dict[str, Any]:
    """Raises ``StorageError`` 400 for a token that is forged, expired, for another object or for the other use."""
    try:
        claims = keys.verify(request.query_params.get("token", ""))
    except jwt.InvalidTokenError as error:
        raise errors.invalid_token(str(error)) from error
    if (claims.get("url"), claims.get("use")) != ("/".join(object_of(request)), use):
        raise errors.invalid_signature()
    return claims


def _download_url(keys: Keys, bucket: str, name: str, seconds: int) -> str:
    url = f"{bucket}/{name}"
    return f"/object/sign/{url}?token={_sign(keys, 'download', url, seconds)}"


async def sign_download(request: Request) -> JsonResponse:
    storage = storage_of(request)
    caller = storage.caller(request)
    bucket, name = object_of(request)
    seconds = (await body_of(request, Expiry)).seconds
    async with storage.database.transaction(caller) as connection:
        if await rows.find_object(connection, bucket, name) is None:
            raise errors.no_such_object()
    return JsonResponse({"signedURL": _download_url(storage.keys, bucket, name, seconds)})


async def sign_downloads(request: Request) -> JsonResponse:
    """One entry a path, in the order asked for; what the caller cannot see has an error instead of a URL."""
    storage = storage_of(request)
    caller = storage.caller(request)
    bucket = request.path_params["bucket"]
    batch = await body_of(request, Batch)
    async with storage.database.transaction(caller) as connection:
        visible = await rows.find_names(connection, bucket, batch.paths)
    return JsonResponse(
        [
            {
                "error": None if path in visible else _NOT_VISIBLE,
                "path": path,
                "signedURL": _download_url(storage.keys, bucket, path, batch.seconds) if path in visible else None,
            }
            for path in batch.paths
        ]
    )


async def download(request: Request) -> Response:
    storage = storage_of(request)
    claims = _verify(request, storage.keys, "download")
    async with storage.database.transaction(SERVICE) as connection:
        row = await rows.find_object(connection, *object_of(request))
    return file_response(storage, request, row, expires=datetime.fromtimestamp(claims["exp"], UTC))


async def sign_upload(request: Request) -> JsonResponse:
    storage = storage_of(request)
    caller = storage.caller(request)
    bucket, name = object_of(request)
    upsert = request.headers.get("x-upsert") == "true"
    await check_may_upload(storage, bucket, name, caller=caller, owner=caller.id, upsert=upsert)
    url = f"{bucket}/{name}"
    token = _sign(storage.keys, "upload", url, UPLOAD_SECONDS, owner=caller.id, upsert=upsert)
    return JsonResponse({"url": f"/object/upload/sign/{url}?token={token}", "token": token})


async def upload(request: Request) -> JsonResponse:
    """Asks no policy: whoever signed was allowed to. The bucket's limits hold, and ``x-upsert`` was the signer's."""
    storage = storage_of(request)
    claims = _verify(request, storage.keys, "upload")
    bucket, name = object_of(request)
    await receive(storage, request, bucket, name, caller=SERVICE, owner=claims["owner"], upsert=claims["upsert"])
    return JsonResponse({"Key": f"{bucket}/{name}"})


ROUTES: Final = [
    Route("/object/sign/{bucket}", sign_downloads, methods=["POST"]),
    Route("/object/sign/{bucket}/{name:path}", sign_download, methods=["POST"]),
    Route("/object/sign/{bucket}/{name:path}", download),
    Route("/object/upload/sign/{bucket}/{name:path}", sign_upload, methods=["POST"]),
    Route("/object/upload/sign/{bucket}/{name:path}", upload, methods=["PUT"]),
]
