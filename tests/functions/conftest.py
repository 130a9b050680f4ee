"""Users whose jobs go with their test, and workers that serve them."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.functions import Edge
from tests.fixtures.users import User, without_leavings
from tests.fixtures.wire import Wire


@pytest.fixture
async def user(new_user: Callable[[], User], owner: Any) -> AsyncIterator[User]:
    async with without_leavings(new_user(), owner) as user:
        yield user


@pytest.fixture
async def other_user(new_user: Callable[[], User], owner: Any) -> AsyncIterator[User]:
    async with without_leavings(new_user(), owner) as user:
        yield user


@pytest.fixture(scope="session")
async def web() -> AsyncIterator[httpx.AsyncClient]:
    """As workers and browsers reach Storage: by URL alone."""
    async with httpx.AsyncClient(timeout=30) as web:
        yield web


@pytest.fixture
def wire(edge: Edge, web: httpx.AsyncClient, owner: Any, user: User) -> Wire:
    return Wire(edge, web, owner, user)
