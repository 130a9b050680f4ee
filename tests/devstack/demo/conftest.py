"""The demo's own user, on the running stack."""

from collections.abc import Iterator

import pytest

from devstack.demo.user import User, signed_up
from tests.fixtures.live import Live


@pytest.fixture
def user(live: Live) -> Iterator[User]:
    with signed_up(live.project) as user:
        yield user
