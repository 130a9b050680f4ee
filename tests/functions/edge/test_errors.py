"""The one error shape, for every code, and what a refused field says."""

import json
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, ValidationError

from functions.edge.errors import ApiError, error_response, invalid_request
from shared.errors import SPECS, ErrorCode
from tests.fixtures.functions import Doubles

PROMPT = "a secret prompt that nobody else may read"


def body_of(error: ApiError) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(bytes(error_response(error, "request-1").body))
    return body


@pytest.mark.parametrize("code", SPECS)
class TestEveryCode:
    def test_it_is_told_in_the_one_shape(self, code: ErrorCode) -> None:
        body = body_of(ApiError(code, "It failed.", "because of this"))
        action = SPECS[code].suggested_action
        assert body == {
            "success": False,
            "error": "It failed.",
            "code": code.value,
            "details": "because of this",
            "retryable": SPECS[code].retryable,
            "request_id": "request-1",
            **({"suggestedAction": action} if action else {}),
        }

    def test_it_has_its_status(self, code: ErrorCode) -> None:
        assert error_response(ApiError(code, "It failed."), "request-1").status_code == SPECS[code].status

    def test_it_says_when_to_ask_again_if_that_is_known(self, code: ErrorCode) -> None:
        seconds = SPECS[code].retry_after
        header = error_response(ApiError(code, "It failed."), "request-1").headers.get("retry-after")
        assert header == (None if seconds is None else str(seconds))

    def test_unavailable_always_says_when_to_ask_again(self, code: ErrorCode) -> None:
        assert (SPECS[code].retry_after is not None) == (SPECS[code].status in (429, 503))


def test_details_are_left_out_when_there_are_none() -> None:
    assert "details" not in body_of(ApiError(ErrorCode.FORBIDDEN, "No."))


def test_flags_stand_beside_the_other_keys() -> None:
    assert body_of(ApiError(ErrorCode.TYPE_UNAVAILABLE, "No.", referenceImageError=True))["referenceImageError"] is True


class Example(BaseModel):
    job_type: Annotated[str, Field(pattern="sdxl")] = "sdxl"
    seed: Annotated[int, Field(ge=0)] = 0
    num_images: Annotated[int, Field(le=6)] = 1
    reference_image_url: str = ""
    start_reference_url: str = ""
    end_reference_url: str = ""
    reference_strength: Annotated[float, Field(le=1)] = 0.5
    reference_type: str = ""
    denoise_strength: Annotated[float, Field(le=1)] = 0.5
    prompt: Annotated[str, Field(max_length=10)] = ""
    nested: dict[str, int] = Field(default_factory=dict)


def refused(**fields: Any) -> ApiError:
    with pytest.raises(ValidationError) as caught:
        Example(**fields)
    return invalid_request([{**problem, "loc": ("body", *problem["loc"])} for problem in caught.value.errors()])


@pytest.mark.parametrize(
    ("fields", "flag"),
    [
        ({"seed": -1}, "invalidSeed"),
        ({"num_images": 7}, "invalidQuantity"),
        ({"reference_image_url": 5}, "referenceImageError"),
        ({"start_reference_url": 5}, "referenceImageError"),
        ({"end_reference_url": 5}, "referenceImageError"),
        ({"reference_strength": 2}, "referenceImageError"),
        ({"reference_type": 5}, "referenceImageError"),
        ({"denoise_strength": 2}, "referenceImageError"),
    ],
)
def test_a_field_of_the_documents_flags_sets_its_flag_alone(fields: dict[str, Any], flag: str) -> None:
    assert refused(**fields).flags == {flag: True}


def test_a_field_without_a_flag_sets_none() -> None:
    assert refused(prompt=PROMPT).flags == {}


def test_every_field_at_fault_is_named_with_what_is_valid() -> None:
    error = refused(seed=-1, num_images=7)
    assert error.code is ErrorCode.INVALID_REQUEST
    assert error.details == (
        "seed: Input should be greater than or equal to 0; num_images: Input should be less than or equal to 6"
    )
    assert error.message == "The request is not valid. seed: Input should be greater than or equal to 0."


def test_a_nested_field_is_named_by_its_path() -> None:
    assert str(refused(nested={"inner": "x"}).details).startswith("nested.inner: ")


def test_a_wrong_job_type_has_a_code_of_its_own() -> None:
    assert refused(job_type="flux").code is ErrorCode.INVALID_JOB_TYPE


@pytest.mark.parametrize("fields", [{"prompt": PROMPT}, {"seed": PROMPT}, {"job_type": PROMPT}, {"nested": PROMPT}])
def test_the_value_given_is_never_repeated(fields: dict[str, Any]) -> None:
    assert PROMPT not in json.dumps(body_of(refused(**fields)))


async def test_a_path_without_a_function_is_not_found(doubles: Doubles) -> None:
    answer = await doubles.http.get("no-such-function")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_another_method_is_not_allowed_and_the_right_one_is_named(doubles: Doubles) -> None:
    answer = await doubles.http.put("queue-job")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("content", [b"{", b"", b'{"prompt": "\xff"}', b"9" * 5000, b"[" * 100_000])
async def test_a_body_that_is_no_json_is_refused(doubles: Doubles, content: bytes) -> None:
    headers = {**doubles.as_user, "content-type": "application/json"}
    answer = await doubles.http.post("queue-job", content=content, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid_json", "invalid_request")


@pytest.mark.parametrize("content", [b"[]", b"null", b'"text"', b"5"])
async def test_json_that_is_no_object_is_refused(doubles: Doubles, content: bytes) -> None:
    headers = {**doubles.as_user, "content-type": "application/json"}
    answer = await doubles.http.post("queue-job", content=content, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_request"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "image/png"])
async def test_a_body_of_another_media_type_is_refused_as_such(doubles: Doubles, content_type: str) -> None:
    headers = {**doubles.as_user, "content-type": content_type}
    answer = await doubles.http.post("queue-job", content=b'{"prompt": "a cat"}', headers=headers)
    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media_type"
    assert answer.json()["suggestedAction"] == "Send application/json."
