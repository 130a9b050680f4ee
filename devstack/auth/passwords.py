"""Passwords: bcrypt, as Auth stores them."""

import asyncio
from typing import Final

import bcrypt

from devstack.auth.errors import AuthError

MIN_LENGTH: Final = 6
MAX_BYTES: Final = 72
"""More than this bcrypt does not look at."""
_ROUNDS: Final = 4
"""The cheapest cost there is: these passwords guard nothing, and sign-ups are slow otherwise."""


def check_strength(password: str) -> None:
    """Raises ``AuthError`` for a password that is too short or too long."""
    if len(password.encode()) > MAX_BYTES:
        raise AuthError(400, "validation_failed", f"Password cannot be longer than {MAX_BYTES} characters")
    if len(password) < MIN_LENGTH:
        message = f"Password should be at least {MIN_LENGTH} characters."
        raise AuthError(422, "weak_password", message, reasons=("length",))


async def encrypt(password: str) -> str:
    """The hash, in a thread so that nobody else waits for it."""
    return (await asyncio.to_thread(bcrypt.hashpw, password.encode(), bcrypt.gensalt(_ROUNDS))).decode()


async def matches(password: str, encrypted: str | None) -> bool:
    """False as well for a user without a password and for a password no one can have set."""
    if not encrypted or len(password.encode()) > MAX_BYTES:
        return False
    return await asyncio.to_thread(bcrypt.checkpw, password.encode(), encrypted.encode())
