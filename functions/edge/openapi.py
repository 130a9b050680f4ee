"""The OpenAPI document: what FastAPI knows of a route, and whom it lets in, what it refuses and in which shape.

A route says ``responses=refused(ErrorCode.NOT_FOUND, …)`` for what is its own. The rest follows from its credentials
and parameters.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from importlib import import_module
from typing import Any, Final, Literal

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict

from functions.edge.auth import Mode, modes_of
from shared.errors import SPECS, ErrorCode

PREFIX: Final = "/functions/v1"

Responses = dict[int | str, dict[str, Any]]

_SCHEMES: Final[dict[Mode, dict[str, str]]] = {
    "user": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "A user's access token."},
    "admin": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An admin's access token."},
    "secret": {"type": "apiKey", "in": "header", "name": "apikey", "description": "A secret key of the project."},
    "job": {"type": "http", "scheme": "bearer", "description": "A job's queue token or attempt token."},
    "worker": {"type": "http", "scheme": "bearer", "description": "The workers' registration secret."},
}


class ErrorResponse(BaseModel):
    """Every answer that is no success. ``error`` is a sentence for the user, ``code`` is for programs."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=lambda schema: _never_null(schema))

    success: Literal[False]
    error: str
    code: ErrorCode
    retryable: bool
    """Whether the same request may succeed later."""
    request_id: str
    details: str | None = None
    suggestedAction: str | None = None  # noqa: N815
    invalidSeed: Literal[True] | None = None  # noqa: N815
    invalidQuantity: Literal[True] | None = None  # noqa: N815
    referenceImageError: Literal[True] | None = None  # noqa: N815


def refused(*codes: ErrorCode, shape: type[ErrorResponse] = ErrorResponse) -> Responses:
    """The ``responses`` of a route that refuses with these codes, beside those that follow from what it reads.

    ``shape`` is another where the ``flags`` of a function's errors are its own.
    """
    by_status: defaultdict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[SPECS[code].status].append(code.value)
    return {
        status: {"model": shape, "description": HTTPStatus(status).phrase, "x-codes": names}
        for status, names in by_status.items()
    }


class DescribedApp(FastAPI):
    """A FastAPI whose document is complete. ``functions`` are the routers that lie under ``PREFIX``, by name."""

    functions: dict[str, APIRouter]

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = _described(super().openapi(), self.functions)
        return self.openapi_schema


def _described(document: dict[str, Any], functions: dict[str, APIRouter]) -> dict[str, Any]:
    document["tags"] = [{"name": name, "description": _description(name)} for name in functions]
    components = document.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    for name, route, method in _routes(functions):
        operation = document["paths"][f"{PREFIX}{route.path_format}"][method]
        operation["operationId"] = "_".join((method, *_words(route.path_format)))
        operation["tags"] = [name]
        modes = modes_of(_calls(route.dependant))
        operation["security"] = [{mode: []} for mode in modes]
        # FastAPI's own, in a shape that we never answer.
        if "HTTPValidationError" in str(operation["responses"].get("422")):
            del operation["responses"]["422"]
        _add(operation["responses"], _implied(operation, modes))
    schemas = components.get("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


def _implied(operation: dict[str, Any], modes: tuple[Mode, ...]) -> Responses:
    codes = [ErrorCode.INTERNAL, ErrorCode.DATABASE_UNAVAILABLE]
    if modes:
        codes.append(ErrorCode.UNAUTHENTICATED)
    if "user" in modes or "admin" in modes:
        codes.append(ErrorCode.AUTH_UNAVAILABLE)
    if "admin" in modes:
        codes.append(ErrorCode.FORBIDDEN)
    if operation.get("parameters") or "requestBody" in operation:
        codes.append(ErrorCode.INVALID_REQUEST)
    if "requestBody" in operation:
        codes += [ErrorCode.INVALID_JSON, ErrorCode.BODY_TOO_LARGE, ErrorCode.UNSUPPORTED_MEDIA_TYPE]
    return refused(*codes)


def _add(responses: dict[str, Any], more: Responses) -> None:
    for status, response in more.items():
        known = responses.get(str(status))
        if known is None:
            content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}
            responses[str(status)] = {
                "description": response["description"],
                "x-codes": response["x-codes"],
                "content": content,
            }
        # A status that is no refusal of ours, such as health's 503, keeps its own shape.
        elif "x-codes" in known:
            known["x-codes"] = list(dict.fromkeys([*known["x-codes"], *response["x-codes"]]))


def _routes(functions: dict[str, APIRouter]) -> Iterator[tuple[str, APIRoute, str]]:
    for name, router in functions.items():
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                for method in sorted(route.methods or ()):
                    yield name, route, method.lower()


def _calls(dependant: Dependant) -> Iterator[Any]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _calls(dependency)


def _words(path: str) -> Iterable[str]:
    return path.translate(str.maketrans("-/{}", "__  ")).replace(" ", "").strip("_").split("_")


def _description(name: str) -> str:
    """The first line of the function's folder, without its URL, which the document tells anyhow."""
    module = import_module(f"functions.{name.replace('-', '_')}")
    sentence = (module.__doc__ or "").partition("\n")[0].partition(": ")[2]
    return sentence[:1].upper() + sentence[1:]


def _never_null(schema: dict[str, Any]) -> None:
    """What does not apply is left out, not null."""
    for name, field in schema["properties"].items():
        if "anyOf" in field:
            (kind,) = [option for option in field["anyOf"] if option != {"type": "null"}]
            schema["properties"][name] = kind
