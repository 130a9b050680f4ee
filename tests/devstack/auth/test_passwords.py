"""Hashes and the strength of passwords."""

import pytest

from devstack.auth import passwords
from devstack.auth.errors import AuthError


async def test_a_password_matches_its_own_hash_only() -> None:
    encrypted = await passwords.encrypt("pässword")
    assert await passwords.matches("pässword", encrypted)
    assert not await passwords.matches("password", encrypted)


async def test_two_hashes_of_a_password_differ() -> None:
    assert await passwords.encrypt("password") != await passwords.encrypt("password")


@pytest.mark.parametrize("encrypted", [None, ""])
async def test_nothing_matches_a_user_without_a_password(encrypted: str | None) -> None:
    assert not await passwords.matches("", encrypted)


async def test_a_password_nobody_can_have_set_does_not_match() -> None:
    assert not await passwords.matches("x" * 73, await passwords.encrypt("x" * 72))


@pytest.mark.parametrize("password", ["123456", "x" * 72, "ü" * 36])
def test_six_characters_to_72_bytes_are_strong_enough(password: str) -> None:
    passwords.check_strength(password)


@pytest.mark.parametrize(
    ("password", "code"), [("12345", "weak_password"), ("", "weak_password"), ("x" * 73, "validation_failed")]
)
def test_shorter_and_longer_ones_are_not(password: str, code: str) -> None:
    with pytest.raises(AuthError) as refusal:
        passwords.check_strength(password)
    assert refusal.value.code == code
