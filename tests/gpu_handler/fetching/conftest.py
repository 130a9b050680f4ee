"""Sites of pictures, and a fetcher that gets there."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gpu_handler.fetching.addresses import resolve
from tests.fixtures.fetching import Fetching
from tests.fixtures.picture_site import PictureSite, running_picture_site, throw_away_certificate


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return throw_away_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def running_secure_site(certificate: Path) -> Iterator[PictureSite]:
    with running_picture_site(certificate) as site:
        yield site


@pytest.fixture(scope="session")
def running_plain_site() -> Iterator[PictureSite]:
    with running_picture_site(None) as site:
        yield site


@pytest.fixture
def fetching(running_secure_site: PictureSite, certificate: Path) -> Fetching:
    running_secure_site.reset()
    return Fetching(running_secure_site, ssl.create_default_context(cafile=certificate))


@pytest.fixture
def storage_site(running_plain_site: PictureSite) -> PictureSite:
    """What stands in for our own storage: plain HTTP on this machine, as the local stack's is."""
    running_plain_site.reset()
    return running_plain_site


@pytest.fixture
def ours(fetching: Fetching, storage_site: PictureSite) -> str:
    """Its origin, which the fetcher finds with the system's own resolver and network."""
    fetching.options |= {"network": None, "resolve": resolve}
    return f"http://127.0.0.1:{storage_site.port}"


@pytest.fixture
def ticking() -> Callable[[], float]:
    """A clock on which a second passes whenever somebody looks."""
    ticks = iter(range(100_000))
    return lambda: float(next(ticks))
