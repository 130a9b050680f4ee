"""A client's socket through the stack's gateway."""

from collections.abc import AsyncIterator

import pytest

from devstack.project import Project
from tests.fixtures.lifecycle import Line
from tests.fixtures.realtime_socket import RealtimeSocket, opened, token


@pytest.fixture
async def socket(project: Project) -> AsyncIterator[RealtimeSocket]:
    async with opened(project) as socket:
        yield socket


@pytest.fixture
def as_owner(project: Project, line: Line) -> str:
    """The line's user's access token."""
    return token(project, line.user_id)
