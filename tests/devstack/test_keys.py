"""``devstack/keys.py``: what a hosted project shows under its API and JWT keys."""

import time
from pathlib import Path

import jwt
import pytest

from devstack.keys import Keys


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys.generate()


def _claims(**changes: object) -> dict[str, object]:
    return {"sub": "someone", "role": "authenticated", "exp": int(time.time()) + 60, **changes}


def test_a_signed_token_verifies_to_its_claims(keys: Keys) -> None:
    claims = _claims()
    assert keys.verify(keys.sign(claims)) == claims


def test_a_legacy_token_verifies_too(keys: Keys) -> None:
    claims = _claims()
    assert keys.verify(jwt.encode(claims, keys.jwt_secret, algorithm="HS256")) == claims


def test_another_project_s_token_is_refused(keys: Keys) -> None:
    with pytest.raises(jwt.InvalidSignatureError):
        keys.verify(Keys.generate().sign(_claims()))


def test_an_expired_token_is_refused(keys: Keys) -> None:
    with pytest.raises(jwt.ExpiredSignatureError):
        keys.verify(keys.sign(_claims(exp=1)))


def test_the_public_key_cannot_be_used_as_a_legacy_secret(keys: Keys) -> None:
    forged = jwt.encode(_claims(), str(keys.jwks()["keys"][0]["x"]), algorithm="HS256")
    with pytest.raises(jwt.InvalidSignatureError):
        keys.verify(forged)


def test_an_unsigned_token_is_refused(keys: Keys) -> None:
    with pytest.raises(jwt.InvalidTokenError):
        keys.verify(jwt.encode(_claims(), None, algorithm="none"))


def test_the_published_keys_hold_nothing_private(keys: Keys) -> None:
    (key,) = keys.jwks()["keys"]
    assert "d" not in key
    assert key["alg"] == "ES256"
    assert key["kid"] == jwt.get_unverified_header(keys.sign(_claims()))["kid"]


def test_every_api_key_has_its_role_and_nothing_else_has_one(keys: Keys) -> None:
    assert {keys.role_of(keys.publishable_key), keys.role_of(keys.anon_key)} == {"anon"}
    assert {keys.role_of(keys.secret_key), keys.role_of(keys.service_role_key)} == {"service_role"}
    assert keys.role_of("sb_secret_guessed") is None


def test_the_token_of_a_role_carries_that_role(keys: Keys) -> None:
    assert keys.verify(keys.role_token("anon"))["role"] == "anon"
    assert keys.verify(keys.role_token("service_role"))["role"] == "service_role"


def test_keys_outlive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    assert Keys.load_or_generate(path) == Keys.load_or_generate(path)


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    Keys.load_or_generate(path)
    assert path.stat().st_mode & 0o077 == 0
