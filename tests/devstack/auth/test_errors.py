"""The two shapes of an error."""

import pytest

from tests.fixtures.auth_service import Service


@pytest.mark.parametrize("version", [None, "2023-12-31", "tomorrow", "2024-1-1"])
async def test_by_default_the_code_is_the_status(service: Service, version: str | None) -> None:
    headers = {"X-Supabase-Api-Version": version} if version else {}
    answer = await service.request("GET", "/user", headers=headers)
    message = "This endpoint requires a valid Bearer token"
    assert answer.json() == {"code": 401, "error_code": "no_authorization", "msg": message}
    assert "x-supabase-api-version" not in answer.headers


@pytest.mark.parametrize("version", ["2024-01-01", "2025-06-30"])
async def test_newer_clients_get_the_code_as_text(service: Service, version: str) -> None:
    answer = await service.request("GET", "/user", headers={"X-Supabase-Api-Version": version})
    assert answer.json() == {"code": "no_authorization", "message": "This endpoint requires a valid Bearer token"}
    assert answer.headers["x-supabase-api-version"] == "2024-01-01"


async def test_a_weak_password_says_why_in_both_shapes(service: Service) -> None:
    body = {"email": "a@example.com", "password": "12345"}
    old = await service.request("POST", "/signup", json=body)
    new = await service.request("POST", "/signup", json=body, headers={"X-Supabase-Api-Version": "2024-01-01"})
    assert old.status_code == new.status_code == 422
    assert old.json()["weak_password"] == new.json()["weak_password"] == {"reasons": ["length"]}


async def test_a_refused_body_is_not_repeated(service: Service) -> None:
    answer = await service.request("POST", "/signup", json={"email": "a@example.com", "password": ["my secret"]})
    assert answer.json()["error_code"] == "bad_json"
    assert "my secret" not in answer.text


@pytest.mark.parametrize("content", [b"", b"no JSON", b"\xff", b"null"])
async def test_what_is_no_json_object_is_refused(service: Service, content: bytes) -> None:
    answer = await service.request("POST", "/signup", content=content)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "bad_json")


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "/otp", 404), ("DELETE", "/signup", 405)])
async def test_what_the_stand_in_lacks_is_named(service: Service, method: str, path: str, status: int) -> None:
    answer = await service.request(method, path)
    assert answer.status_code == status
    assert f"{method} " in answer.json()["msg"]
    assert path in answer.json()["msg"]


async def test_what_the_database_cannot_take_is_an_unexpected_failure(service: Service) -> None:
    answer = await service.request("POST", "/token?grant_type=refresh_token", json={"refresh_token": "\x00"})
    assert (answer.status_code, answer.json()["error_code"]) == (500, "unexpected_failure")
