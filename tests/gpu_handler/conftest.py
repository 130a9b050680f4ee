"""Fixtures of the GPU handler's tests."""

from collections.abc import Iterator

import httpx
import pytest

from gpu_handler.http import new_client
from tests.fixtures.job_site import JobSite, running_job_site


@pytest.fixture(scope="session")
def running_site() -> Iterator[JobSite]:
    with running_job_site() as site:
        yield site


@pytest.fixture
def site(running_site: JobSite) -> JobSite:
    """As good as new."""
    running_site.reset()
    return running_site


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with new_client() as client:
        yield client
