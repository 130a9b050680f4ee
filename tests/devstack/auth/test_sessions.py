"""Signing in, refreshing, signing out."""

import asyncio
from typing import Any

import asyncpg
import jwt
import pytest
from supabase_auth.errors import AuthApiError
from supabase_auth.types import Session

from devstack.auth.rows import REUSE_SECONDS
from tests.fixtures.auth_service import PASSWORD, Service, new_email


def session_id_of(session: Session) -> str:
    claims = jwt.decode(session.access_token, options={"verify_signature": False})
    return str(claims["session_id"])


async def age(postgres: asyncpg.Connection, token: str) -> None:
    """As if the refresh token had been used just before the reuse interval."""
    seconds = REUSE_SECONDS + 1
    await postgres.execute(
        "update auth.refresh_tokens set updated_at = updated_at - make_interval(secs => $2) where token = $1",
        token,
        seconds,
    )


async def is_alive(service: Service, session: Session) -> bool:
    answer = await service.request("GET", "/user", session.access_token)
    assert answer.status_code == 200 or answer.json()["error_code"] == "session_not_found"
    return answer.status_code == 200


async def test_signing_in_begins_another_session(service: Service) -> None:
    first = await service.sign_up()
    second = await service.sign_in(first.user.email)
    assert second.user.id == first.user.id
    assert session_id_of(second) != session_id_of(first)


async def test_addresses_are_compared_without_case(service: Service) -> None:
    session = await service.sign_up()
    assert (await service.sign_in(str(session.user.email).upper())).user.id == session.user.id


async def test_signing_in_is_noted(service: Service) -> None:
    first = await service.sign_up()
    second = await service.sign_in(first.user.email)
    assert first.user.last_sign_in_at is not None
    assert second.user.last_sign_in_at is not None
    assert second.user.last_sign_in_at > first.user.last_sign_in_at


@pytest.mark.parametrize("password", ["wrong password", " ", "x" * 100])
async def test_a_wrong_password_is_invalid_credentials(service: Service, password: str) -> None:
    session = await service.sign_up()
    with pytest.raises(AuthApiError, match=r"^Invalid login credentials$") as refusal:
        await service.sign_in(session.user.email, password)
    assert (refusal.value.status, refusal.value.code) == (400, "invalid_credentials")


async def test_an_unknown_address_looks_like_a_wrong_password(service: Service) -> None:
    with pytest.raises(AuthApiError, match=r"^Invalid login credentials$") as refusal:
        await service.sign_in(new_email())
    assert (refusal.value.status, refusal.value.code) == (400, "invalid_credentials")


async def test_without_an_address_nobody_signs_in(service: Service) -> None:
    answer = await service.request("POST", "/token?grant_type=password", json={"password": PASSWORD})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed")


@pytest.mark.parametrize("query", ["", "?grant_type=pkce", "?grant_type=id_token"])
async def test_other_grants_are_refused(service: Service, query: str) -> None:
    answer = await service.request("POST", f"/token{query}", json={})
    assert answer.status_code == 400
    assert answer.json()["msg"] == "unsupported_grant_type"


async def test_a_refresh_gives_new_tokens_of_the_same_session(service: Service) -> None:
    first = await service.sign_up()
    second = await service.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert session_id_of(second) == session_id_of(first)
    assert await is_alive(service, second)


async def test_a_refresh_brings_metadata_up_to_date(service: Service) -> None:
    session = await service.sign_up()
    await service.admin.update_user_by_id(session.user.id, {"app_metadata": {"plan": "pro"}})
    refreshed = await service.refresh(session.refresh_token)
    claims = jwt.decode(refreshed.access_token, options={"verify_signature": False})
    assert claims["app_metadata"]["plan"] == "pro"


async def test_a_lost_answer_can_be_asked_for_again(service: Service, postgres: asyncpg.Connection) -> None:
    """The parent of the active token gets the active one, however late."""
    first = await service.sign_up()
    second = await service.refresh(first.refresh_token)
    await age(postgres, first.refresh_token)
    again = await service.refresh(first.refresh_token)
    assert again.refresh_token == second.refresh_token


async def test_refreshes_at_the_same_time_agree(service: Service) -> None:
    session = await service.sign_up()
    sessions = await asyncio.gather(*(service.refresh(session.refresh_token) for _ in range(8)))
    assert len({refreshed.refresh_token for refreshed in sessions}) == 1


async def test_an_older_token_still_counts_for_a_few_seconds(service: Service) -> None:
    first = await service.sign_up()
    second = await service.refresh(first.refresh_token)
    await service.refresh(second.refresh_token)
    assert session_id_of(await service.refresh(first.refresh_token)) == session_id_of(first)


async def test_an_older_token_used_later_is_refused_and_ends_the_family(
    service: Service, postgres: asyncpg.Connection
) -> None:
    first = await service.sign_up()
    second = await service.refresh(first.refresh_token)
    third = await service.refresh(second.refresh_token)
    await age(postgres, first.refresh_token)
    with pytest.raises(AuthApiError, match=r"^Invalid Refresh Token: Already Used$") as refusal:
        await service.refresh(first.refresh_token)
    assert (refusal.value.status, refusal.value.code) == (400, "refresh_token_already_used")
    # The thief's or the owner's, the newest token is worth nothing now.
    await age(postgres, third.refresh_token)
    with pytest.raises(AuthApiError) as refusal:
        await service.refresh(third.refresh_token)
    assert refusal.value.code == "refresh_token_already_used"


async def test_another_session_survives_the_end_of_a_family(service: Service, postgres: asyncpg.Connection) -> None:
    first = await service.sign_up()
    other = await service.sign_in(first.user.email)
    await service.refresh((await service.refresh(first.refresh_token)).refresh_token)
    await age(postgres, first.refresh_token)
    with pytest.raises(AuthApiError):
        await service.refresh(first.refresh_token)
    assert (await service.refresh(other.refresh_token)).user.id == first.user.id


async def test_an_unknown_refresh_token_is_not_found(service: Service) -> None:
    with pytest.raises(AuthApiError, match=r"^Invalid Refresh Token: Refresh Token Not Found$") as refusal:
        await service.refresh("unknown")
    assert (refusal.value.status, refusal.value.code) == (400, "refresh_token_not_found")


async def test_a_refresh_needs_a_token(service: Service) -> None:
    answer = await service.request("POST", "/token?grant_type=refresh_token", json={})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed")


@pytest.mark.parametrize(("scope", "survivors"), [("global", set()), ("local", {"other"}), ("others", {"own"})])
async def test_signing_out_ends_the_sessions_of_its_scope(service: Service, scope: Any, survivors: set[str]) -> None:
    own = await service.sign_up()
    other = await service.sign_in(own.user.email)
    stranger = await service.sign_up()
    await service.admin.sign_out(own.access_token, scope)
    alive = {name for name, session in {"own": own, "other": other}.items() if await is_alive(service, session)}
    assert alive == survivors
    assert await is_alive(service, stranger)


async def test_signing_out_answers_with_nothing_and_means_everywhere(service: Service) -> None:
    own = await service.sign_up()
    other = await service.sign_in(own.user.email)
    answer = await service.request("POST", "/logout", own.access_token)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not await is_alive(service, other)


async def test_a_session_that_ended_cannot_be_refreshed(service: Service) -> None:
    session = await service.sign_up()
    await service.admin.sign_out(session.access_token)
    with pytest.raises(AuthApiError) as refusal:
        await service.refresh(session.refresh_token)
    assert refusal.value.code == "refresh_token_not_found"


async def test_an_unknown_scope_is_refused(service: Service) -> None:
    session = await service.sign_up()
    answer = await service.request("POST", "/logout?scope=all", session.access_token)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed")
    assert await is_alive(service, session)
