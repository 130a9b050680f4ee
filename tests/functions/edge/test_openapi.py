"""The OpenAPI document tells whom a route lets in and what it refuses."""

import re
from typing import Any

import pytest
from fastapi import APIRouter

from functions.app import ROUTERS, create_app
from functions.edge import errors
from functions.edge.auth import AdminCaller
from functions.edge.openapi import DescribedApp, ErrorResponse, refused
from functions.openapi import FILE, text
from shared.errors import SPECS, ErrorCode

DOCUMENT: dict[str, Any] = create_app().openapi()
OPERATIONS = {operation["operationId"]: operation for path in DOCUMENT["paths"].values() for operation in path.values()}


def codes(operation_id: str, status: int) -> list[str]:
    answer: list[str] = OPERATIONS[operation_id]["responses"][str(status)]["x-codes"]
    return answer


def test_the_committed_document_is_current() -> None:
    """Where this fails: ``python -m functions.openapi`` writes it anew."""
    assert FILE.read_text(encoding="utf-8") == text()


def test_every_function_is_a_tag_with_a_sentence() -> None:
    tags = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}
    assert list(tags) == list(ROUTERS)
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in tags.values()), tags
    assert {tag for operation in OPERATIONS.values() for tag in operation["tags"]} == set(ROUTERS)


def test_operations_are_named_after_method_and_path() -> None:
    assert {"post_queue_job", "get_jobs", "post_jobs", "get_jobs_job_id", "delete_reference_images_name"} <= set(
        OPERATIONS
    )
    assert len(OPERATIONS) == sum(len(path) for path in DOCUMENT["paths"].values())


def test_a_route_s_credentials_are_its_security_schemes() -> None:
    assert OPERATIONS["post_queue_job"]["security"] == [{"user": []}]
    assert OPERATIONS["post_job_callback"]["security"] == [{"secret": []}, {"job": []}]
    assert OPERATIONS["get_health"]["security"] == []
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert {scheme for operation in OPERATIONS.values() for named in operation["security"] for scheme in named} <= set(
        schemes
    )


def test_refusals_are_told_by_status_with_their_codes() -> None:
    assert codes("post_cancel_job", 404) == ["not_found"]
    assert codes("post_cancel_job", 401) == ["unauthenticated"]
    assert codes("post_cancel_job", 400) == ["invalid_request", "invalid_json"]
    assert set(codes("post_queue_job", 503)) >= {"type_unavailable", "queue_full", "database_unavailable"}
    assert "413" not in OPERATIONS["get_jobs"]["responses"]
    assert "401" not in OPERATIONS["get_health"]["responses"]


def test_every_refusal_has_the_one_shape_but_health_s_own() -> None:
    """A function may add fields that can be left out."""
    schemas = DOCUMENT["components"]["schemas"]
    one = schemas["ErrorResponse"]
    for name, operation in OPERATIONS.items():
        for status, response in operation["responses"].items():
            if not status.startswith("2") and (name, status) != ("get_health", "503"):
                reference = response["content"]["application/json"]["schema"]["$ref"]
                schema = schemas[reference.rpartition("/")[2]]
                assert schema["properties"].items() >= one["properties"].items(), (name, status)
                assert schema["required"] == one["required"]
                assert all(SPECS[ErrorCode(code)].status == int(status) for code in response["x-codes"])


def test_a_failed_enhancement_gives_the_prompt_back() -> None:
    for status in ("503", "504"):
        (content,) = OPERATIONS["post_enhance_prompt"]["responses"][status]["content"].values()
        assert content["schema"] == {"$ref": "#/components/schemas/EnhancePromptFailure"}
    fields = DOCUMENT["components"]["schemas"]["EnhancePromptFailure"]["properties"]
    assert fields["enhanced_prompt"] == {"type": "string"}


def test_fastapi_s_own_error_which_we_never_answer_is_not_in_it() -> None:
    assert "HTTPValidationError" not in text()
    assert "422" not in OPERATIONS["post_cancel_job"]["responses"]
    assert codes("post_queue_job", 422) == ["content_policy"]


@pytest.mark.parametrize("name", ROUTERS)
def test_a_function_documents_whatever_it_refuses(name: str) -> None:
    folder = FILE.parents[1] / "functions" / name.replace("-", "_")
    sources = " ".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    named = {ErrorCode[code] for code in re.findall(r"ErrorCode\.([A-Z_]+)", sources)}
    documented = {
        status for operation in OPERATIONS.values() if name in operation["tags"] for status in operation["responses"]
    }
    assert {str(SPECS[code].status) for code in named if code in SPECS} <= documented


@pytest.mark.parametrize("code", SPECS)
def test_every_error_is_as_the_document_has_it(code: ErrorCode) -> None:
    for error in (errors.ApiError(code, "No."), errors.ApiError(code, "No.", "why", 3, referenceImageError=True)):
        ErrorResponse.model_validate_json(errors.error_response(error, "id").body)


def test_a_new_function_tells_its_refusals_by_one_line() -> None:
    router = APIRouter()

    @router.post("/health", responses=refused(ErrorCode.CONFLICT))
    async def new(_: AdminCaller) -> None:
        """A new one."""

    app = DescribedApp()
    app.functions = {"health": router}
    app.include_router(router, prefix="/functions/v1", responses=refused(ErrorCode.INTERNAL))
    operation = app.openapi()["paths"]["/functions/v1/health"]["post"]
    assert set(operation["responses"]) == {"200", "401", "403", "409", "500", "503"}
    assert operation["security"] == [{"admin": []}]


@pytest.mark.parametrize("name", ROUTERS)
def test_a_function_alone_has_a_whole_document(name: str) -> None:
    document = create_app(name).openapi()
    assert "ErrorResponse" in document["components"]["schemas"]
    assert [tag["name"] for tag in document["tags"]] == [name]


def test_optional_fields_of_an_error_are_left_out_and_never_null() -> None:
    schema = DOCUMENT["components"]["schemas"]["ErrorResponse"]
    assert schema["properties"]["details"] == {"type": "string"}
    assert schema["required"] == ["success", "error", "code", "retryable", "request_id"]
