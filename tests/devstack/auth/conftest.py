"""A real cluster, and the Auth app behind a gateway as thin as can be, for the whole session."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from devstack.auth import create_app
from devstack.keys import Keys
from devstack.ports import free_ports
from devstack.postgres import Cluster
from tests.fixtures.auth_service import Service
from tests.fixtures.serving import served

PUBLIC_URL = "http://gateway.test"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    # PostgreSQL's own user must reach the folder, and cannot reach pytest's.
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="auth-tests-"))
    folder.chmod(0o755)
    cluster = Cluster(folder / "postgres", free_ports(1)[0])
    child = cluster.start(folder / "postgres.log")
    yield cluster
    child.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def service(cluster: Cluster) -> AsyncIterator[Service]:
    keys = Keys.generate()
    app = create_app(database_url=cluster.url("supabase_auth_admin"), keys=keys, public_url=PUBLIC_URL)
    gateway = Starlette(routes=[Mount("/auth/v1", app)], lifespan=lambda _: app.router.lifespan_context(app))
    with served(gateway) as url:
        async with httpx.AsyncClient() as http:
            yield Service(f"{url}/auth/v1", f"{PUBLIC_URL}/auth/v1", keys, http)


@pytest.fixture
async def postgres(cluster: Cluster) -> AsyncIterator[asyncpg.Connection]:
    """The role that migrations run as."""
    connection = await asyncpg.connect(cluster.url("postgres"))
    yield connection
    await connection.close()
