"""The multipart form of an upload, read after the caller is known: nobody else makes us take ten megabytes."""

from typing import Any, Final

from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from functions.edge.errors import invalid_request
from functions.upload_reference.refusals import refusal, too_large
from functions.upload_reference.schema import UploadReferenceForm
from shared.bounds import REFERENCE_BYTES
from shared.errors import ErrorCode

BODY_LIMIT: Final = REFERENCE_BYTES + 64 * 1024
"""Bytes of a body: the file, and room for what a form has around it."""

_FILE_FIELDS: Final = ("file", "image")

OPENAPI: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "description": "One file, in `file` or in `image`.",
                    "properties": {
                        **{name: {"type": "string", "format": "binary"} for name in _FILE_FIELDS},
                        "reference_type": {"type": "string", "enum": ["style", "composition", "character"]},
                        "name": {"type": "string", "maxLength": 255},
                    },
                }
            }
        },
    }
}
"""For the route: FastAPI documents only the forms that it reads itself, before it asks who calls."""


async def read_form(request: Request) -> tuple[bytes, UploadReferenceForm]:
    """The file's bytes and the fields beside it. Raises ``ApiError``: 400, 413, 415."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise refusal(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The body is not multipart/form-data.")
    try:
        async with request.form(max_files=1, max_fields=10, max_part_size=16 * 1024) as form:
            files = [part for part in form.values() if isinstance(part, UploadFile)]
            file = next((form[name] for name in _FILE_FIELDS if name in form), None)
            if len(files) != 1 or file is not files[0]:
                raise refusal(ErrorCode.INVALID_REQUEST, f"The form has no file in {' or '.join(_FILE_FIELDS)}.")
            data = await files[0].read()
            fields = {name: value for name, value in form.items() if isinstance(value, str) and value}
    except HTTPException as error:
        if error.status_code == 413:
            raise too_large() from None
        raise refusal(ErrorCode.INVALID_REQUEST, f"The form is not valid: {error.detail}") from None
    if len(data) > REFERENCE_BYTES:
        raise too_large()
    try:
        return data, UploadReferenceForm.model_validate(fields)
    except ValidationError as error:
        invalid = invalid_request(error.errors())
        raise refusal(ErrorCode.INVALID_REQUEST, invalid.message, invalid.details) from None
