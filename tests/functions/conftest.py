"""Users whose jobs go with their test: a job left waiting would fill its queue's window for the tests after it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from tests.fixtures.users import User


@asynccontextmanager
async def _signed_up(new_user: Callable[[], User], owner: Any) -> AsyncIterator[User]:
    user = new_user()
    yield user
    await owner.execute("delete from jobs where user_id = $1", UUID(user.id))


@pytest.fixture
async def user(new_user: Callable[[], User], owner: Any) -> AsyncIterator[User]:
    async with _signed_up(new_user, owner) as user:
        yield user


@pytest.fixture
async def other_user(new_user: Callable[[], User], owner: Any) -> AsyncIterator[User]:
    async with _signed_up(new_user, owner) as user:
        yield user
