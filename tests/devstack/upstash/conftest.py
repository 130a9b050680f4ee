"""One Valkey and one bridge for all tests of this folder; every test begins with an empty database."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import redis

from tests.fixtures.upstash_bridge import AS_FUNCTIONS, AS_WORKER, Bridge, bridged, empty


@pytest.fixture(scope="session")
def shared_bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    with bridged(tmp_path_factory.mktemp("valkey")) as bridge:
        yield bridge


@pytest.fixture(scope="session")
def database(shared_bridge: Bridge) -> Iterator[redis.Redis]:
    """Valkey itself, to see what the bridge did to it."""
    with redis.Redis.from_url(shared_bridge.valkey.url_for("functions")) as client:
        yield client


@pytest.fixture
def bridge(shared_bridge: Bridge, database: redis.Redis) -> Bridge:
    empty(database)
    return shared_bridge


@pytest.fixture
def mortal_bridge(tmp_path: Path) -> Iterator[Bridge]:
    """A bridge of the test's own, whose Valkey may be stopped."""
    with bridged(tmp_path) as bridge:
        yield bridge


@pytest.fixture(scope="session")
def shared_http(shared_bridge: Bridge) -> Iterator[httpx.Client]:
    """Plain HTTP; made once, because a client takes longer to make than a test to run."""
    with httpx.Client(base_url=shared_bridge.url) as client:
        yield client


@pytest.fixture
def anonymous(bridge: Bridge, shared_http: httpx.Client) -> httpx.Client:  # noqa: ARG001
    """Without a token."""
    shared_http.headers.pop("Authorization", None)
    return shared_http


@pytest.fixture
def http(anonymous: httpx.Client) -> httpx.Client:
    """With the functions' token."""
    anonymous.headers.update(AS_FUNCTIONS)
    return anonymous


@pytest.fixture
def worker_http(anonymous: httpx.Client) -> httpx.Client:
    """With the worker's token."""
    anonymous.headers.update(AS_WORKER)
    return anonymous
