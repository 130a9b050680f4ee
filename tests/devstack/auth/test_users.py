"""A user reads and changes itself."""

import pytest
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError, AuthWeakPasswordError
from supabase_auth.types import Session

from devstack.auth.users import merged
from tests.fixtures.auth_service import PASSWORD, Service, new_email


@pytest.fixture
async def session(service: Service) -> Session:
    return await service.sign_up(name="n", colour="red")


@pytest.fixture
async def client(service: Service, session: Session) -> AsyncGoTrueClient:
    client = service.new_client()
    await client.set_session(session.access_token, session.refresh_token)
    return client


async def test_a_user_reads_itself(session: Session, client: AsyncGoTrueClient) -> None:
    response = await client.get_user()
    assert response is not None
    assert response.user == session.user


async def test_metadata_are_merged(client: AsyncGoTrueClient) -> None:
    user = (await client.update_user({"data": {"name": "m", "colour": None, "size": 1}})).user
    assert user.user_metadata["name"] == "m"
    assert user.user_metadata["size"] == 1
    assert "colour" not in user.user_metadata
    assert user.user_metadata["email_verified"] is True


def test_merging_keeps_drops_and_adds_keys() -> None:
    assert merged({"a": 1, "b": 2}, {"b": None, "c": 3}) == {"a": 1, "c": 3}
    assert merged(None, {"a": None}) == {}


async def test_a_user_cannot_change_its_app_metadata_or_role(service: Service, session: Session) -> None:
    body = {"app_metadata": {"plan": "pro"}, "role": "service_role", "data": {}}
    answer = await service.request("PUT", "/user", session.access_token, json=body)
    assert answer.json()["app_metadata"] == session.user.app_metadata
    assert answer.json()["role"] == "authenticated"


async def test_a_new_password_counts_and_the_old_one_no_more(
    service: Service, session: Session, client: AsyncGoTrueClient
) -> None:
    await client.update_user({"password": "another password"})
    assert (await service.sign_in(session.user.email, "another password")).user.id == session.user.id
    with pytest.raises(AuthApiError):
        await service.sign_in(session.user.email, PASSWORD)


async def test_a_new_password_ends_all_other_sessions(
    service: Service, session: Session, client: AsyncGoTrueClient
) -> None:
    other = await service.sign_in(session.user.email)
    await client.update_user({"password": "another password"})
    assert (await service.request("GET", "/user", session.access_token)).status_code == 200
    assert (await service.request("GET", "/user", other.access_token)).json()["error_code"] == "session_not_found"


async def test_the_same_password_is_no_new_one(client: AsyncGoTrueClient) -> None:
    with pytest.raises(AuthApiError) as refusal:
        await client.update_user({"password": PASSWORD})
    assert (refusal.value.status, refusal.value.code) == (422, "same_password")


async def test_a_new_password_may_not_be_weak(client: AsyncGoTrueClient) -> None:
    with pytest.raises(AuthWeakPasswordError):
        await client.update_user({"password": "12345"})


async def test_a_new_address_counts_at_once(service: Service, client: AsyncGoTrueClient) -> None:
    email = new_email()
    user = (await client.update_user({"email": email.upper()})).user
    assert user.email == email
    assert user.identities is not None
    assert user.identities[0].identity_data["email"] == email
    assert (await service.sign_in(email)).user.id == user.id


async def test_the_address_of_another_user_is_refused(service: Service, client: AsyncGoTrueClient) -> None:
    other = await service.sign_up()
    with pytest.raises(AuthApiError) as refusal:
        await client.update_user({"email": str(other.user.email)})
    assert (refusal.value.status, refusal.value.code) == (422, "email_exists")


async def test_nothing_changes_when_one_part_is_refused(
    service: Service, session: Session, client: AsyncGoTrueClient
) -> None:
    other = await service.sign_up()
    with pytest.raises(AuthApiError):
        await client.update_user({"email": str(other.user.email), "password": "another password"})
    assert (await service.sign_in(session.user.email, PASSWORD)).user.id == session.user.id


async def test_what_is_no_address_is_refused(client: AsyncGoTrueClient) -> None:
    with pytest.raises(AuthApiError) as refusal:
        await client.update_user({"email": "nobody"})
    assert (refusal.value.status, refusal.value.code) == (400, "validation_failed")
