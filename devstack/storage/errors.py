"""What can go wrong, as the real API words it: ``{"statusCode": "404", "error": "not_found", "message": …}``.

The HTTP status is 400 whatever ``statusCode`` says; only a failure of the server itself is a 500.
"""

from typing import Final

import asyncpg
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import HTTPExceptionHandler

CLIENT_CLOSED_REQUEST: Final = 499


class StorageError(Exception):
    """An answer to the client: ``status`` goes into the body's ``statusCode``."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message


def unauthorized(message: str) -> StorageError:
    return StorageError(403, "Unauthorized", message)


def no_such_bucket() -> StorageError:
    return StorageError(404, "Bucket not found", "Bucket not found")


def no_such_object() -> StorageError:
    return StorageError(404, "not_found", "Object not found")


def bucket_not_empty() -> StorageError:
    return StorageError(409, "ResourceNotEmpty", "The bucket you tried to delete is not empty")


def too_large() -> StorageError:
    return StorageError(413, "Payload too large", "The object exceeded the maximum allowed size")


def invalid_mime_type(mime_type: str) -> StorageError:
    return StorageError(415, "invalid_mime_type", f"mime type {mime_type} is not supported")


def invalid_key(key: str) -> StorageError:
    return StorageError(400, "InvalidKey", f"Invalid key: {key}")


def invalid_bucket_name() -> StorageError:
    return StorageError(400, "Invalid Input", "Bucket name invalid")


def invalid_file_size_limit() -> StorageError:
    return StorageError(400, "InvalidRequest", "Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B")


def invalid_token(message: str) -> StorageError:
    return StorageError(400, "InvalidJWT", message)


def invalid_signature() -> StorageError:
    return StorageError(400, "InvalidSignature", "Invalid signature")


def no_content() -> StorageError:
    return StorageError(400, "InvalidRequest", "No content provided")


def _answer(status: int, error: str, message: str) -> JSONResponse:
    body = {"statusCode": str(status), "error": error, "message": message}
    return JSONResponse(body, 500 if status == 500 else 400)


async def _storage_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, StorageError)
    return _answer(error.status, error.error, error.message)


async def _database_error(_: Request, error: Exception) -> Response:
    match error:
        case asyncpg.InsufficientPrivilegeError():
            return _answer(403, "Unauthorized", "new row violates row-level security policy")
        case asyncpg.UniqueViolationError():
            return _answer(409, "Duplicate", "The resource already exists")
        case asyncpg.ForeignKeyViolationError():
            return _answer(404, "InvalidRequest", "The related resource does not exist")
    return _answer(500, "DatabaseError", str(error))


async def _invalid_body(_: Request, error: Exception) -> Response:
    assert isinstance(error, ValidationError)
    first = error.errors()[0]
    return _answer(400, "Error", "/".join(["body", *map(str, first["loc"])]) + f": {first['msg']}")


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    body = {"statusCode": str(error.status_code), "error": error.detail, "message": error.detail}
    return JSONResponse(body, error.status_code, error.headers)


async def _internal_error(_request: Request, _error: Exception) -> Response:
    return _answer(500, "Internal", "Internal Server Error")


async def _disconnected(_request: Request, _error: Exception) -> Response:
    return Response(status_code=CLIENT_CLOSED_REQUEST)


HANDLERS: Final[dict[int | type[Exception], HTTPExceptionHandler]] = {
    StorageError: _storage_error,
    asyncpg.PostgresError: _database_error,
    ValidationError: _invalid_body,
    HTTPException: _http_error,
    ClientDisconnect: _disconnected,
    Exception: _internal_error,
}
