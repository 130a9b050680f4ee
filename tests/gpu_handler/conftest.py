"""Fixtures of the GPU handler's tests."""

from collections.abc import Iterator

import httpx
import pytest

from gpu_handler.generators.sdxl import SdxlGenerator
from gpu_handler.http import new_client
from shared.model_variants import MODEL_SETS
from tests.fixtures.job_site import JobSite, running_job_site


def pytest_configure(config: pytest.Config) -> None:
    # diffusers' Euler scheduler hands a torch tensor to numpy 2, whose new argument torch does not know yet.
    config.addinivalue_line(
        "filterwarnings", "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
    )


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


@pytest.fixture(scope="session")
def sdxl() -> SdxlGenerator:
    """The real pipeline on the tiny random model, loaded once."""
    generator = SdxlGenerator(MODEL_SETS["demo"]["sdxl"], models_dir=None)
    generator.load()
    return generator
