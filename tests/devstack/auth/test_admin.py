"""What the service role may do to users."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import jwt
import pytest
from supabase_auth.errors import AuthApiError, AuthWeakPasswordError
from supabase_auth.types import User

from tests.fixtures.auth_service import PASSWORD, Service, new_email

NOBODY = "5d0c8a39-6f0f-4f4e-9a44-1f2f4c6f7b10"
ROUTES = [
    ("GET", "/admin/users"),
    ("POST", "/admin/users"),
    ("GET", f"/admin/users/{NOBODY}"),
    ("PUT", f"/admin/users/{NOBODY}"),
    ("DELETE", f"/admin/users/{NOBODY}"),
]


async def create(service: Service, **attributes: Any) -> User:
    wanted: Any = {"email": new_email(), "password": PASSWORD, "email_confirm": True, **attributes}
    return (await service.admin.create_user(wanted)).user


async def fetch(service: Service, user: User) -> User:
    return (await service.admin.get_user_by_id(user.id)).user


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_without_a_token_nothing_is_done(service: Service, method: str, path: str) -> None:
    answer = await service.request(method, path)
    assert (answer.status_code, answer.json()["error_code"]) == (401, "no_authorization")


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_users_and_the_public_are_no_admins(service: Service, method: str, path: str) -> None:
    session = await service.sign_up()
    for token in (session.access_token, service.keys.anon_key):
        answer = await service.request(method, path, token)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "not_admin")


async def test_a_confirmed_user_can_sign_in(service: Service) -> None:
    user = await create(service)
    assert user.email_confirmed_at is not None
    assert user.user_metadata == {"email_verified": True}
    assert (await service.sign_in(user.email)).user.id == user.id


async def test_an_unconfirmed_user_cannot_until_it_is_confirmed(service: Service) -> None:
    user = await create(service, email_confirm=False)
    with pytest.raises(AuthApiError) as refusal:
        await service.sign_in(user.email)
    assert (refusal.value.status, refusal.value.code) == (400, "email_not_confirmed")
    await service.admin.update_user_by_id(user.id, {"email_confirm": True})
    assert (await service.sign_in(user.email)).user.id == user.id


async def test_a_user_is_created_with_what_is_asked_for(service: Service) -> None:
    user_id = str(uuid.uuid4())
    user = await create(
        service, id=user_id, user_metadata={"name": "n"}, app_metadata={"plan": "pro"}, role="editor", ban_duration="1h"
    )
    assert user.id == user_id
    assert user.user_metadata == {"name": "n", "email_verified": True}
    assert user.app_metadata == {"provider": "email", "providers": ["email"], "plan": "pro"}
    assert user.role == "editor"
    assert user.banned_until is not None
    assert await fetch(service, user) == user


async def test_the_role_is_a_claim_of_the_user_s_tokens(service: Service) -> None:
    user = await create(service, role="editor")
    session = await service.sign_in(user.email)
    assert jwt.decode(session.access_token, options={"verify_signature": False})["role"] == "editor"


async def test_a_user_without_a_password_cannot_sign_in(service: Service) -> None:
    user = (await service.admin.create_user({"email": new_email(), "email_confirm": True})).user
    with pytest.raises(AuthApiError) as refusal:
        await service.sign_in(user.email, PASSWORD)
    assert refusal.value.code == "invalid_credentials"


async def test_an_address_is_taken_once(service: Service) -> None:
    user = await create(service)
    with pytest.raises(AuthApiError) as refusal:
        await create(service, email=user.email)
    assert (refusal.value.status, refusal.value.code) == (422, "email_exists")


async def test_a_user_needs_an_address(service: Service) -> None:
    with pytest.raises(AuthApiError) as refusal:
        await service.admin.create_user({"password": PASSWORD})
    assert (refusal.value.status, refusal.value.code) == (400, "validation_failed")


async def test_passwords_may_not_be_weak(service: Service) -> None:
    with pytest.raises(AuthWeakPasswordError):
        await create(service, password="12345")
    user = await create(service)
    with pytest.raises(AuthWeakPasswordError):
        await service.admin.update_user_by_id(user.id, {"password": "12345"})


async def test_an_update_changes_what_it_names_and_nothing_else(service: Service) -> None:
    user = await create(service, user_metadata={"a": 1, "b": 2}, app_metadata={"plan": "pro", "seats": 1})
    changes: Any = {"user_metadata": {"b": None, "c": 3}, "app_metadata": {"seats": 2}}
    updated = (await service.admin.update_user_by_id(user.id, changes)).user
    assert updated.user_metadata == {"a": 1, "c": 3, "email_verified": True}
    assert updated.app_metadata == {"provider": "email", "providers": ["email"], "plan": "pro", "seats": 2}
    assert (updated.email, updated.role) == (user.email, user.role)


async def test_a_new_password_ends_all_sessions(service: Service) -> None:
    session = await service.sign_up()
    await service.admin.update_user_by_id(session.user.id, {"password": "another password"})
    answer = await service.request("GET", "/user", session.access_token)
    assert answer.json()["error_code"] == "session_not_found"
    assert (await service.sign_in(session.user.email, "another password")).user.id == session.user.id


async def test_a_new_address_counts_at_once(service: Service) -> None:
    user, email = await create(service), new_email()
    assert (await service.admin.update_user_by_id(user.id, {"email": email})).user.email == email
    assert (await service.sign_in(email)).user.id == user.id


async def test_an_address_in_use_is_refused(service: Service) -> None:
    user, other = await create(service), await create(service)
    with pytest.raises(AuthApiError) as refusal:
        await service.admin.update_user_by_id(user.id, {"email": str(other.email)})
    assert (refusal.value.status, refusal.value.code) == (422, "email_exists")


async def test_a_banned_user_can_neither_sign_in_nor_refresh(service: Service) -> None:
    session = await service.sign_up()
    await service.admin.update_user_by_id(session.user.id, {"ban_duration": "24h"})
    for attempt in (service.sign_in(session.user.email), service.refresh(session.refresh_token)):
        with pytest.raises(AuthApiError) as refusal:
            await attempt
        assert (refusal.value.status, refusal.value.code) == (400, "user_banned")


async def test_a_ban_can_be_lifted(service: Service) -> None:
    user = await create(service, ban_duration="24h")
    updated = (await service.admin.update_user_by_id(user.id, {"ban_duration": "none"})).user
    assert updated.banned_until is None
    assert (await service.sign_in(user.email)).user.id == user.id


@pytest.mark.parametrize(
    ("duration", "hours"), [("24h", 24), ("1h30m", 1.5), ("90m", 1.5), ("3600s", 1), ("876000h", 876000)]
)
async def test_a_ban_lasts_as_long_as_it_says(service: Service, duration: str, hours: float) -> None:
    user = await create(service, ban_duration=duration)
    expected = datetime.now(UTC) + timedelta(hours=hours)
    assert abs(datetime.fromisoformat(str(user.banned_until)) - expected) < timedelta(seconds=10)


@pytest.mark.parametrize("duration", ["soon", "1", "1d", "-1h", "99999999999h", "h"])
async def test_what_is_no_duration_is_refused(service: Service, duration: str) -> None:
    user = await create(service)
    with pytest.raises(AuthApiError) as refusal:
        await service.admin.update_user_by_id(user.id, {"ban_duration": duration})
    assert (refusal.value.status, refusal.value.code) == (400, "validation_failed")


async def test_a_deleted_user_is_gone_with_all_it_had(service: Service, postgres: asyncpg.Connection) -> None:
    session = await service.sign_up()
    await service.admin.delete_user(session.user.id)
    with pytest.raises(AuthApiError) as refusal:
        await service.admin.get_user_by_id(session.user.id)
    assert (refusal.value.status, refusal.value.code) == (404, "user_not_found")
    for table in ("identities", "sessions", "refresh_tokens"):
        query = f"select count(*) from auth.{table} where user_id::text = $1"
        assert await postgres.fetchval(query, session.user.id) == 0


async def test_a_user_the_project_holds_on_to_cannot_be_deleted(service: Service, postgres: asyncpg.Connection) -> None:
    user = await create(service)
    await postgres.execute("create table public.notes (owner uuid references auth.users)")
    await postgres.execute("insert into public.notes values ($1)", user.id)
    with pytest.raises(AuthApiError, match=r"^Database error deleting user$") as failure:
        await service.admin.delete_user(user.id)
    await postgres.execute("drop table public.notes")
    assert (failure.value.status, failure.value.code) == (500, "unexpected_failure")
    assert (await fetch(service, user)).id == user.id


async def test_a_soft_deletion_keeps_the_id_and_frees_the_address(service: Service) -> None:
    session = await service.sign_up(name="n")
    await service.admin.delete_user(session.user.id, should_soft_delete=True)
    kept = await fetch(service, session.user)
    assert kept.deleted_at is not None
    assert (kept.email, kept.user_metadata, kept.identities) == ("", {}, [])
    answer = await service.request("GET", "/user", session.access_token)
    assert answer.json()["error_code"] == "session_not_found"
    assert (await create(service, email=session.user.email)).id != session.user.id


async def test_a_body_is_not_needed_to_delete(service: Service) -> None:
    user = await create(service)
    answer = await service.request("DELETE", f"/admin/users/{user.id}", service.keys.service_role_key)
    assert (answer.status_code, answer.json()) == (200, {})


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_an_unknown_user_is_not_found(service: Service, method: str) -> None:
    options: Any = {} if method == "GET" else {"json": {}}
    path, key = f"/admin/users/{uuid.uuid4()}", service.keys.service_role_key
    answer = await service.request(method, path, key, **options)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "user_not_found")


async def test_an_id_is_a_uuid(service: Service) -> None:
    answer = await service.request("GET", "/admin/users/me", service.keys.service_role_key)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "validation_failed")


async def test_users_are_listed_newest_first_in_pages(service: Service) -> None:
    created = [(await create(service)).id for _ in range(3)]
    first = await service.admin.list_users(page=1, per_page=2)
    second = await service.admin.list_users(page=2, per_page=2)
    assert [user.id for user in (first + second)[:3]] == created[::-1]


async def test_pages_come_with_a_count_and_links(service: Service, postgres: asyncpg.Connection) -> None:
    for _ in range(3):
        await create(service)
    total = await postgres.fetchval("select count(*) from auth.users")
    answer = await service.request("GET", "/admin/users?page=1&per_page=2", service.keys.service_role_key)
    assert answer.headers["x-total-count"] == str(total)
    links = dict(re.findall(r"page=(\d+)&per_page=2>; rel=\"(\w+)\"", answer.headers["link"]))
    assert links == {"2": "next", str((total + 1) // 2): "last"}


async def test_the_last_page_has_no_next(service: Service) -> None:
    await create(service)
    answer = await service.request("GET", "/admin/users?page=1&per_page=100000", service.keys.service_role_key)
    assert re.findall('rel="(.*?)"', answer.headers["link"]) == ["last"]


@pytest.mark.parametrize("query", ["page=0", "per_page=-1", "page=x", "per_page=²", "page=99999999999999999999"])
async def test_a_page_is_a_positive_number(service: Service, query: str) -> None:
    answer = await service.request("GET", f"/admin/users?{query}", service.keys.service_role_key)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed")
