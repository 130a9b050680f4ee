"""The official JavaScript client. One run of the script, one test for each thing it saw."""

from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.auth_service import Service
from tests.fixtures.node import run_script

SCRIPT = Path(__file__).with_name("javascript_client.mjs")


@pytest.fixture(scope="module")
def seen(service: Service) -> dict[str, Any]:
    output: dict[str, Any] = run_script(SCRIPT, service.url, service.keys.anon_key, service.keys.service_role_key)
    return output


def test_signing_up_answers_user_and_session(seen: dict[str, Any]) -> None:
    assert seen["signUp"] == {"email": True, "session": True, "name": "Ünï"}


def test_signing_in_answers_the_same_user(seen: dict[str, Any]) -> None:
    assert seen["signIn"] is True


def test_claims_are_verified_with_the_published_key(seen: dict[str, Any]) -> None:
    assert seen["claims"] == {"sub": True, "role": "authenticated", "alg": "ES256"}


def test_a_refresh_answers_another_token(seen: dict[str, Any]) -> None:
    assert seen["refreshed"] is True


def test_metadata_are_merged(seen: dict[str, Any]) -> None:
    assert seen["updated"]["size"] == 1
    assert "name" not in seen["updated"]


def test_pages_are_read_from_the_headers(seen: dict[str, Any]) -> None:
    assert seen["listed"] == {"users": 1, "nextPage": 2, "total": True}


def test_an_admin_creates_and_deletes(seen: dict[str, Any]) -> None:
    assert seen["created"]["plan"] == "pro"
    assert seen["deleted"] is None


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ("signUpAgain", 422, "user_already_exists"),
        ("wrongPassword", 400, "invalid_credentials"),
        ("unknownRefreshToken", 400, "refresh_token_not_found"),
        ("samePassword", 422, "same_password"),
        ("createdAgain", 422, "email_exists"),
        ("notAdmin", 403, "not_admin"),
        ("notFound", 404, "user_not_found"),
    ],
)
def test_a_refusal_is_an_api_error_with_its_code(seen: dict[str, Any], what: str, status: int, code: str) -> None:
    assert (seen[what]["name"], seen[what]["status"], seen[what]["code"]) == ("AuthApiError", status, code)


def test_a_weak_password_is_an_error_of_its_own(seen: dict[str, Any]) -> None:
    assert (seen["weakPassword"]["name"], seen["weakPassword"]["reasons"]) == ("AuthWeakPasswordError", ["length"])


def test_a_session_that_ended_is_missing(seen: dict[str, Any]) -> None:
    assert seen["signedOut"] is None
    assert seen["afterSignOut"]["name"] == "AuthSessionMissingError"
