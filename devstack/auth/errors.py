"""Errors in the two shapes Auth speaks: by default, and to clients that send ``X-Supabase-Api-Version``.

Source: https://supabase.com/docs/guides/auth/debugging/error-codes
"""

import logging
import re
from typing import Any, Final, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

API_VERSION_HEADER: Final = "X-Supabase-Api-Version"
API_VERSION: Final = "2024-01-01"

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_log: Final = logging.getLogger(__name__)


class AuthError(Exception):
    """An answer that is no success. ``reasons`` says what a weak password lacks."""

    def __init__(self, status: int, code: str, message: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.reasons = reasons


def respond(request: Request, error: Exception) -> JSONResponse:
    """Starlette's handler for ``AuthError``. Clients tell the shapes apart by the header of the answer."""
    error = cast(AuthError, error)
    body: dict[str, Any]
    version = request.headers.get(API_VERSION_HEADER, "")
    if _DATE.fullmatch(version) and version >= API_VERSION:
        headers = {API_VERSION_HEADER: API_VERSION}
        body = {"code": error.code, "message": error.message}
    else:
        headers = {}
        body = {"code": error.status, "error_code": error.code, "msg": error.message}
    if error.reasons:
        body["weak_password"] = {"reasons": list(error.reasons)}
    return JSONResponse(body, error.status, headers)


def respond_unrouted(request: Request, error: Exception) -> JSONResponse:
    """Auth has far more endpoints than this stand-in; say which one was asked for."""
    status = cast(HTTPException, error).status_code
    message = f"The local Auth does not have {request.method} {request.url.path}"
    return respond(request, AuthError(status, "not_found", message))


def respond_unexpected(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    message = "Unexpected failure, please check server logs for more information"
    return respond(request, AuthError(500, "unexpected_failure", message))
