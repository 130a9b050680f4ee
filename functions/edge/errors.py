"""The one error shape: ``{success, error, code, details?, retryable, suggestedAction?, request_id}``.

supabase-py reads ``error`` from every non-2xx body, so every error is a JSON object that has it.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from shared.errors import SPECS, ErrorCode

# The flags of the seed documents, set when the named field is at fault.
_FIELD_FLAGS: Final = {
    "seed": "invalidSeed",
    "num_images": "invalidQuantity",
    "reference_image_url": "referenceImageError",
    "start_reference_url": "referenceImageError",
    "end_reference_url": "referenceImageError",
    "reference_strength": "referenceImageError",
    "reference_type": "referenceImageError",
    "denoise_strength": "referenceImageError",
}

_HTTP_CODES: Final = {
    400: ErrorCode.INVALID_JSON,
    401: ErrorCode.UNAUTHENTICATED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.METHOD_NOT_ALLOWED,
    413: ErrorCode.BODY_TOO_LARGE,
    415: ErrorCode.UNSUPPORTED_MEDIA_TYPE,
}


class ApiError(Exception):
    """Raise it anywhere below a handler; the status, and whether asking again helps, follow from the code.

    ``message`` and ``details`` reach the caller: no secret, token, prompt or signed URL belongs in them.
    ``retry_after``, in seconds, takes the place of the code's own. ``flags`` are further fields of the answer.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        details: str | None = None,
        retry_after: int | None = None,
        **flags: bool | float | str,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
        self.retry_after = retry_after or SPECS[code].retry_after
        self.flags = flags


def error_body(error: ApiError, request_id: str) -> dict[str, Any]:
    """What the answer to an ``ApiError`` says, and the last event of a stream that fails."""
    spec = SPECS[error.code]
    body: dict[str, Any] = {
        "success": False,
        "error": error.message,
        "code": error.code.value,
        "retryable": spec.retryable,
        "request_id": request_id,
        **error.flags,
    }
    if error.details is not None:
        body["details"] = error.details
    if spec.suggested_action is not None:
        body["suggestedAction"] = spec.suggested_action
    return body


def error_response(error: ApiError, request_id: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer to an ``ApiError``."""
    all_headers = dict(headers or {})
    if error.retry_after is not None:
        all_headers["Retry-After"] = str(error.retry_after)
    return JSONResponse(error_body(error, request_id), SPECS[error.code].status, all_headers)


async def handle_api_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)
    return error_response(error, request.state.request_id)


async def handle_http_exception(request: Request, error: Exception) -> JSONResponse:
    """What the framework itself refuses: no such route or method, a body that is no JSON or too large."""
    assert isinstance(error, HTTPException)
    code = _HTTP_CODES.get(error.status_code, ErrorCode.INTERNAL)
    match error.status_code:
        case 400:
            message = "The body is not JSON."
        case 413:
            message = error.detail
        case status:
            message = f"{HTTPStatus(status).phrase}."
    return error_response(ApiError(code, message), request.state.request_id, error.headers)


async def handle_validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    # FastAPI hands on a body as bytes when its type is not JSON.
    if any(isinstance(problem["input"], bytes) for problem in problems):
        refusal = ApiError(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The body is not application/json.")
    else:
        refusal = invalid_request(problems)
    return error_response(refusal, request.state.request_id)


def invalid_request(problems: Any) -> ApiError:
    """One sentence a field, naming what is valid; never the value given, which may be a prompt or a token."""
    sentences, flags = [], {}
    code = ErrorCode.INVALID_REQUEST
    for problem in problems:
        path = [str(part) for part in problem["loc"] if part not in ("body", "query", "path")]
        if problem["type"] == "json_invalid":
            code = ErrorCode.INVALID_JSON
            path = []
        name = ".".join(path) or "body"
        sentences.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}")
        if path and path[0] in _FIELD_FLAGS:
            flags[_FIELD_FLAGS[path[0]]] = True
        if path and path[0] == "job_type":
            code = ErrorCode.INVALID_JOB_TYPE
    details = "; ".join(sentences)
    return ApiError(code, f"The request is not valid. {sentences[0]}.", details, **flags)
