"""The gate in front of auth, PostgREST and storage: all four keys pass, in the ways the clients send them."""

import httpx
import pytest

from devstack.project import Project
from tests.fixtures.users import User

KEYS = ["publishable_key", "secret_key", "anon_key", "service_role_key"]


def _profiles(project: Project, headers: dict[str, str]) -> httpx.Response:
    return httpx.get(f"{project.url}/rest/v1/profiles?select=id", headers=headers)


def test_without_a_key_nobody_passes(project: Project) -> None:
    answer = _profiles(project, {})
    assert answer.status_code == 401
    assert answer.json() == {"message": "No API key found in request"}


def test_an_unknown_key_does_not_pass(project: Project) -> None:
    answer = _profiles(project, {"apikey": "sb_publishable_guessed"})
    assert answer.status_code == 401
    assert answer.json() == {"message": "Invalid API key"}


@pytest.mark.parametrize("name", ["publishable_key", "anon_key"])
def test_a_public_key_alone_is_the_anonymous_role(project: Project, name: str) -> None:
    answer = _profiles(project, {"apikey": getattr(project.keys, name)})
    assert answer.status_code == 401
    assert answer.json()["code"] == "42501"


@pytest.mark.parametrize("name", ["secret_key", "service_role_key"])
def test_a_service_key_alone_is_the_service_role(project: Project, user: User, name: str) -> None:
    answer = _profiles(project, {"apikey": getattr(project.keys, name)})
    assert user.id in [row["id"] for row in answer.json()]


@pytest.mark.parametrize("name", ["secret_key", "service_role_key"])
def test_a_service_key_sent_twice_as_the_clients_do_is_the_service_role(
    project: Project, user: User, name: str
) -> None:
    key = getattr(project.keys, name)
    answer = _profiles(project, {"apikey": key, "Authorization": f"Bearer {key}"})
    assert user.id in [row["id"] for row in answer.json()]


@pytest.mark.parametrize("name", KEYS)
def test_a_user_s_token_decides_whatever_key_comes_beside_it(project: Project, user: User, name: str) -> None:
    answer = _profiles(project, {"apikey": getattr(project.keys, name), **user.headers})
    assert answer.json() == [{"id": user.id}]


def test_key_discovery_needs_no_key(project: Project) -> None:
    answer = httpx.get(f"{project.url}/auth/v1/.well-known/jwks.json")
    assert answer.json() == project.keys.jwks()


def test_a_refusal_can_be_read_by_a_browser(project: Project) -> None:
    answer = httpx.get(f"{project.url}/rest/v1/profiles", headers={"Origin": "http://localhost:3000"})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_preflight_is_answered_without_a_key(project: Project) -> None:
    headers = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "PATCH"}
    answer = httpx.options(f"{project.url}/rest/v1/profiles", headers=headers)
    assert answer.status_code == 200
    assert "PATCH" in answer.headers["access-control-allow-methods"]
