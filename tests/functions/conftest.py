"""Users whose jobs go with their test (one left waiting would fill its queue's window for the tests after it), and
workers that serve them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.fixtures.functions import Edge
from tests.fixtures.users import User
from tests.fixtures.wire import Wire


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


@pytest.fixture(scope="session")
async def web() -> AsyncIterator[httpx.AsyncClient]:
    """As workers and browsers reach Storage: by URL alone."""
    async with httpx.AsyncClient(timeout=30) as web:
        yield web


@pytest.fixture
def wire(edge: Edge, web: httpx.AsyncClient, owner: Any, user: User) -> Wire:
    return Wire(edge, web, owner, user)
