"""The functions' error shape, for what a worker refuses: ``{success, error, code, details?, retryable, …}``."""

from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from shared.errors import SPECS, ErrorCode

_HTTP_CODES: Final = {
    400: ErrorCode.INVALID_JSON,
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.METHOD_NOT_ALLOWED,
    413: ErrorCode.BODY_TOO_LARGE,
}


class Refused(Exception):
    """A call that is not answered. The text is for whoever calls: no prompt and no secret is in it."""

    def __init__(self, code: ErrorCode, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after or SPECS[code].retry_after

    def body(self, request_id: str) -> dict[str, Any]:
        """As an answer, or the data of an ``error`` event, has it."""
        spec = SPECS[self.code]
        action = {} if spec.suggested_action is None else {"suggestedAction": spec.suggested_action}
        return {
            "success": False,
            "error": str(self),
            "code": self.code.value,
            "retryable": spec.retryable,
            "request_id": request_id,
            **action,
        }

    def response(self, request_id: str) -> JSONResponse:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return JSONResponse(self.body(request_id), SPECS[self.code].status, headers)


async def handle_refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return error.response(request.state.request_id)


async def handle_http_exception(request: Request, error: Exception) -> JSONResponse:
    """What the framework itself refuses."""
    assert isinstance(error, HTTPException)
    code = _HTTP_CODES.get(error.status_code, ErrorCode.INTERNAL)
    return Refused(code, f"{HTTPStatus(error.status_code).phrase}.").response(request.state.request_id)


async def handle_validation_error(request: Request, error: Exception) -> JSONResponse:
    """The fields and what is valid; never what was given, which may be a prompt."""
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        refused = Refused(ErrorCode.INVALID_JSON, "The body is not JSON.")
    else:
        named = (
            ".".join(str(part) for part in problem["loc"] if part != "body") + f": {problem['msg']}"
            for problem in problems
        )
        refused = Refused(ErrorCode.INVALID_REQUEST, f"The request is not valid. {'; '.join(named)}.")
    return refused.response(request.state.request_id)


EXCEPTION_HANDLERS: Final[dict[Any, Any]] = {
    Refused: handle_refused,
    HTTPException: handle_http_exception,
    RequestValidationError: handle_validation_error,
}
