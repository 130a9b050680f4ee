from http import HTTPStatus

import pytest

from shared.errors import SPECS, ErrorCode

# Codes that end a job; no request is answered with them.
ENDS = {
    "out_of_memory",
    "network",
    "storage",
    "preempted",
    "generation_failed",
    "bad_input",
    "lease_expired",
    "attempt_timeout",
    "too_many_attempts",
    "queue_timeout",
    "cancelled",
}

every_spec = pytest.mark.parametrize("code", SPECS)


def test_every_code_answers_a_request_or_ends_a_job() -> None:
    assert {str(code) for code in ErrorCode if code not in SPECS} == ENDS


def test_a_code_is_its_name_in_lower_case() -> None:
    assert [str(code) for code in ErrorCode] == [code.name.lower() for code in ErrorCode]


@every_spec
def test_a_status_is_one_of_an_error(code: ErrorCode) -> None:
    assert HTTPStatus(SPECS[code].status).value >= 400


@every_spec
def test_what_has_to_wait_says_for_how_long(code: ErrorCode) -> None:
    spec = SPECS[code]

    later = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
    assert (spec.retry_after is not None) == (spec.status in later)
    assert spec.retry_after is None or spec.retry_after > 0


@every_spec
def test_only_time_or_a_server_s_recovery_makes_the_same_request_worth_while(code: ErrorCode) -> None:
    assert not SPECS[code].retryable or SPECS[code].status >= 500 or SPECS[code].status == HTTPStatus.TOO_MANY_REQUESTS


@every_spec
def test_what_may_be_asked_again_says_so(code: ErrorCode) -> None:
    spec = SPECS[code]

    assert not spec.retryable or (spec.suggested_action or "").startswith("Send the same request again")


@every_spec
def test_an_action_is_one_line_of_whole_sentences(code: ErrorCode) -> None:
    action = SPECS[code].suggested_action

    assert action is None or (action[0].isupper() and action.endswith(".") and "\n" not in action)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("invalid_request", 400),
        ("invalid_job_type", 400),
        ("unauthenticated", 401),
        ("adult_not_verified", 403),
        ("not_found", 404),
        ("method_not_allowed", 405),
        ("conflict", 409),
        ("stale_attempt", 409),
        ("body_too_large", 413),
        ("unsupported_media_type", 415),
        ("content_policy", 422),
        ("type_unavailable", 503),
    ],
)
def test_the_contracts_codes_have_the_contracts_status(code: str, status: int) -> None:
    assert SPECS[ErrorCode(code)].status == status
