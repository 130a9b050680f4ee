"""Signing up: session, stored rows, refusals, and the project's triggers."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import jwt
import pytest
from jwt.algorithms import ECAlgorithm
from supabase_auth import SyncGoTrueClient
from supabase_auth.errors import AuthApiError, AuthWeakPasswordError

from tests.fixtures.auth_service import PASSWORD, Service, new_email


@pytest.fixture
async def trigger(postgres: asyncpg.Connection) -> AsyncIterator[Any]:
    """Hangs a plpgsql body on new users, as a project's migration does."""

    async def create(body: str) -> None:
        await postgres.execute(
            f"""
            create table public.profiles (id uuid primary key references auth.users on delete cascade, name text);
            create function public.handle_new_user() returns trigger language plpgsql security definer
                set search_path = '' as $$ begin {body} return new; end $$;
            create trigger on_auth_user_created after insert on auth.users
                for each row execute function public.handle_new_user();
            """
        )

    yield create
    await postgres.execute(
        """
        drop trigger if exists on_auth_user_created on auth.users;
        drop function if exists public.handle_new_user();
        drop table if exists public.profiles;
        """
    )


async def test_a_new_user_is_signed_in_at_once(service: Service) -> None:
    session = await service.sign_up()
    assert session.token_type == "bearer"
    assert session.expires_in == 3600
    assert session.user.role == session.user.aud == "authenticated"


def test_the_synchronous_client_signs_up(service: Service) -> None:
    client = SyncGoTrueClient(url=service.url, auto_refresh_token=False, persist_session=False)
    email = new_email()
    response = client.sign_up({"email": email, "password": PASSWORD})
    client.close()
    assert response.user is not None
    assert response.user.email == email


async def test_the_user_is_confirmed_and_has_an_identity(service: Service) -> None:
    user = (await service.sign_up()).user
    assert user.email_confirmed_at is not None
    assert user.last_sign_in_at is not None
    assert user.identities is not None
    (identity,) = user.identities
    assert (identity.provider, identity.id, identity.user_id) == ("email", user.id, user.id)
    assert identity.identity_data["email"] == user.email
    assert user.app_metadata == {"provider": "email", "providers": ["email"]}


async def test_the_data_become_user_metadata(service: Service) -> None:
    user = (await service.sign_up(name="Ünï", nested={"list": [1, None]})).user
    assert user.user_metadata == {
        "name": "Ünï",
        "nested": {"list": [1, None]},
        "sub": user.id,
        "email": user.email,
        "email_verified": True,
        "phone_verified": False,
    }


async def test_the_access_token_carries_the_claims_of_a_hosted_project(service: Service) -> None:
    session = await service.sign_up(name="n")
    (key,) = service.keys.jwks()["keys"]
    claims = jwt.decode(
        session.access_token,
        ECAlgorithm.from_jwk(key),
        algorithms=["ES256"],
        audience="authenticated",
        issuer=service.issuer,
    )
    assert jwt.get_unverified_header(session.access_token)["kid"] == key["kid"]
    assert claims["exp"] == claims["iat"] + 3600 == session.expires_at
    ((method, timestamp),) = [tuple(entry.values()) for entry in claims["amr"]]
    assert method == "password"
    assert abs(timestamp - claims["iat"]) <= 2
    assert claims["session_id"]
    assert {name: claims[name] for name in ("sub", "email", "phone", "role", "aal", "is_anonymous")} == {
        "sub": session.user.id,
        "email": session.user.email,
        "phone": "",
        "role": "authenticated",
        "aal": "aal1",
        "is_anonymous": False,
    }
    assert claims["app_metadata"] == session.user.app_metadata
    assert claims["user_metadata"] == session.user.user_metadata


async def test_the_password_is_stored_as_a_hash(service: Service, postgres: asyncpg.Connection) -> None:
    user = (await service.sign_up()).user
    stored = await postgres.fetchval("select encrypted_password from auth.users where id = $1", user.id)
    assert stored.startswith("$2b$")


async def test_addresses_are_kept_in_lower_case(service: Service) -> None:
    email = new_email()
    answer = await service.request("POST", "/signup", json={"email": email.upper(), "password": PASSWORD})
    assert answer.json()["user"]["email"] == email


async def test_an_address_can_sign_up_once(service: Service) -> None:
    user = (await service.sign_up()).user
    with pytest.raises(AuthApiError, match="User already registered") as refusal:
        await service.new_client().sign_up({"email": str(user.email).upper(), "password": PASSWORD})
    assert (refusal.value.status, refusal.value.code) == (422, "user_already_exists")


async def test_of_many_sign_ups_at_once_one_succeeds(service: Service) -> None:
    body = {"email": new_email(), "password": PASSWORD}
    answers = await asyncio.gather(*(service.request("POST", "/signup", json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 7


async def test_a_short_password_is_weak(service: Service) -> None:
    with pytest.raises(AuthWeakPasswordError) as refusal:
        await service.new_client().sign_up({"email": new_email(), "password": "12345"})
    assert (refusal.value.status, refusal.value.code, refusal.value.reasons) == (422, "weak_password", ["length"])


async def test_a_password_longer_than_bcrypt_reads_is_refused(service: Service) -> None:
    body = {"email": new_email(), "password": "ü" * 37}
    answer = await service.request("POST", "/signup", json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed")


@pytest.mark.parametrize(
    "email", ["nobody", "a@b@c.de", "a b@example.com", "a@-example.com", "a@example.com\n", "x" * 251 + "@b.de"]
)
async def test_what_is_no_address_is_refused(service: Service, email: str) -> None:
    answer = await service.request("POST", "/signup", json={"email": email, "password": PASSWORD})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "anonymous_provider_disabled"),
        ({"phone": "4912345", "password": PASSWORD}, "phone_provider_disabled"),
        ({"email": "a@example.com"}, "validation_failed"),
        ({"email": "a@example.com", "password": 123456}, "bad_json"),
        ({"email": "a@example.com", "password": PASSWORD, "data": ["no object"]}, "bad_json"),
        ([], "bad_json"),
    ],
)
async def test_other_ways_to_sign_up_are_refused(service: Service, body: Any, code: str) -> None:
    answer = await service.request("POST", "/signup", json=body)
    assert answer.json()["error_code"] == code


async def test_the_trigger_of_a_project_sees_the_new_user(
    service: Service, postgres: asyncpg.Connection, trigger: Any
) -> None:
    await trigger("insert into public.profiles values (new.id, new.raw_user_meta_data ->> 'name');")
    user = (await service.sign_up(name="n")).user
    assert await postgres.fetchval("select name from public.profiles where id = $1", user.id) == "n"


async def test_what_a_trigger_changes_is_answered(service: Service, trigger: Any) -> None:
    await trigger('update auth.users set raw_app_meta_data = \'{"plan": "free"}\' where id = new.id;')
    assert (await service.sign_up()).user.app_metadata == {"plan": "free"}


async def test_a_trigger_runs_before_the_address_is_confirmed(
    service: Service, postgres: asyncpg.Connection, trigger: Any
) -> None:
    """As on a hosted project, even with automatic confirmation."""
    await trigger("insert into public.profiles values (new.id, coalesce(new.email_confirmed_at::text, 'not yet'));")
    user = (await service.sign_up()).user
    assert await postgres.fetchval("select name from public.profiles where id = $1", user.id) == "not yet"


@pytest.mark.parametrize("fault", ["raise exception 'the project says no';", "insert into profiles values (new.id);"])
async def test_a_failing_trigger_undoes_the_sign_up(
    service: Service, postgres: asyncpg.Connection, trigger: Any, fault: str
) -> None:
    await trigger(fault)
    email = new_email()
    with pytest.raises(AuthApiError, match=r"^Database error saving new user$") as failure:
        await service.new_client().sign_up({"email": email, "password": PASSWORD})
    assert (failure.value.status, failure.value.code) == (500, "unexpected_failure")
    assert await postgres.fetchval("select count(*) from auth.users where email = $1", email) == 0
    assert await postgres.fetchval("select count(*) from auth.identities where email = $1", email) == 0


async def test_a_unique_name_taken_in_a_trigger_is_not_a_taken_address(service: Service, trigger: Any) -> None:
    await trigger("create unique index if not exists names on public.profiles (name);"
                  "insert into public.profiles values (new.id, 'same');")  # fmt: skip
    await service.sign_up()
    with pytest.raises(AuthApiError) as failure:
        await service.sign_up()
    assert failure.value.code == "unexpected_failure"
