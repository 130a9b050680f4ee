"""Which tokens count."""

import time
import uuid
from typing import Any

import jwt
import pytest
from supabase_auth.types import Session

from devstack.keys import Keys
from tests.fixtures.auth_service import Service


@pytest.fixture
async def session(service: Service) -> Session:
    return await service.sign_up()


def claims_of(session: Session, **changes: Any) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(session.access_token, options={"verify_signature": False})
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


async def refusal(service: Service, token: str | None) -> tuple[int, str]:
    answer = await service.request("GET", "/user", token)
    return answer.status_code, answer.json()["error_code"]


async def test_no_token_is_no_authorization(service: Service) -> None:
    assert await refusal(service, None) == (401, "no_authorization")


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer a b", "abc"])
async def test_what_is_no_bearer_token_is_no_authorization(service: Service, header: str) -> None:
    answer = await service.request("GET", "/user", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["error_code"]) == (401, "no_authorization")


@pytest.mark.parametrize("token", ["abc", "a.b.c", "sb_publishable_abc"])
async def test_what_is_no_jwt_is_a_bad_one(service: Service, token: str) -> None:
    assert await refusal(service, token) == (403, "bad_jwt")


async def test_an_expired_token_is_refused(service: Service, session: Session) -> None:
    token = service.keys.sign(claims_of(session, exp=int(time.time()) - 1))
    assert await refusal(service, token) == (403, "bad_jwt")


async def test_a_token_of_another_project_is_refused(service: Service, session: Session) -> None:
    assert await refusal(service, Keys.generate().sign(claims_of(session))) == (403, "bad_jwt")


async def test_an_unsigned_token_is_refused(service: Service, session: Session) -> None:
    assert await refusal(service, jwt.encode(claims_of(session), None, algorithm="none")) == (403, "bad_jwt")


async def test_a_token_signed_with_the_legacy_secret_counts(service: Service, session: Session) -> None:
    claims = claims_of(session, session_id=None)
    token = jwt.encode(claims, service.keys.jwt_secret, algorithm="HS256")
    answer = await service.request("GET", "/user", token)
    assert answer.json()["id"] == session.user.id


async def test_a_token_of_a_session_that_ended_is_refused(service: Service, session: Session) -> None:
    await service.admin.sign_out(session.access_token)
    assert await refusal(service, session.access_token) == (403, "session_not_found")


async def test_a_token_of_a_deleted_user_is_refused(service: Service, session: Session) -> None:
    await service.admin.delete_user(session.user.id)
    assert await refusal(service, session.access_token) == (403, "user_not_found")


async def test_an_api_key_is_nobody(service: Service) -> None:
    assert await refusal(service, service.keys.anon_key) == (403, "bad_jwt")
    assert await refusal(service, service.keys.service_role_key) == (403, "bad_jwt")


@pytest.mark.parametrize("changes", [{"sub": "me"}, {"session_id": "mine"}, {"sub": None}])
async def test_claims_that_are_no_uuid_are_refused(service: Service, session: Session, changes: dict[str, Any]) -> None:
    assert await refusal(service, service.keys.sign(claims_of(session, **changes))) == (403, "bad_jwt")


async def test_a_session_that_never_was_is_refused(service: Service, session: Session) -> None:
    token = service.keys.sign(claims_of(session, session_id=str(uuid.uuid4())))
    assert await refusal(service, token) == (403, "session_not_found")
