"""A real cluster, and the Auth app behind a gateway as thin as can be, for the whole session."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from devstack.auth import create_app
from devstack.keys import Keys
from devstack.postgres import Cluster
from tests.fixtures.auth_service import Service
from tests.fixtures.serving import served

PUBLIC_URL = "http://gateway.test"


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
