"""A real cluster, and the Storage app behind a gateway as thin as can be, for the whole session."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from devstack.keys import Keys
from devstack.postgres import Cluster
from devstack.storage import create_app
from tests.fixtures.serving import served
from tests.fixtures.storage_service import Caller, Service

# What a project writes into a migration. Everyone has a folder of their own in the buckets named per-user-….
POLICIES = """
    create policy "read one's own" on storage.objects for select to authenticated
        using (bucket_id like 'per-user-%' and (storage.foldername(name))[1] = auth.uid()::text);
    create policy "add one's own" on storage.objects for insert to authenticated
        with check (bucket_id like 'per-user-%' and (storage.foldername(name))[1] = auth.uid()::text);
    create policy "change one's own" on storage.objects for update to authenticated
        using (bucket_id like 'per-user-%' and (storage.foldername(name))[1] = auth.uid()::text);
    create policy "delete one's own" on storage.objects for delete to authenticated
        using (bucket_id like 'per-user-%' and (storage.foldername(name))[1] = auth.uid()::text);
    create policy "add anything" on storage.objects for insert to authenticated
        with check (bucket_id like 'drop-box-%');
    create policy "read anything" on storage.objects for select to authenticated
        using (bucket_id like 'read-only-%');
    create policy "see the bucket" on storage.buckets for select to authenticated
        using (id like 'read-only-%');
"""


@pytest.fixture(scope="session")
async def service(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    connection = await asyncpg.connect(cluster.url("postgres"))
    await connection.execute(POLICIES)
    await connection.close()
    keys = Keys.generate()
    folder = tmp_path_factory.mktemp("objects")
    app = create_app(database_url=cluster.url("supabase_storage_admin"), keys=keys, folder=folder)
    gateway = Starlette(routes=[Mount("/storage/v1", app)], lifespan=lambda _: app.router.lifespan_context(app))
    with served(gateway) as base:
        url = f"{base}/storage/v1"
        async with httpx.AsyncClient(base_url=url) as http:
            yield Service(url, folder, keys, http)


@pytest.fixture
async def postgres(cluster: Cluster) -> AsyncIterator[asyncpg.Connection]:
    """The role that migrations run as, in a transaction that leaves nothing behind."""
    connection = await asyncpg.connect(cluster.url("postgres"))
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest.fixture
async def bucket(service: Service) -> str:
    """A private bucket without limits, in which no user may do anything."""
    return await service.new_bucket()


@pytest.fixture
async def per_user_bucket(service: Service) -> str:
    return await service.new_bucket("per-user")


@pytest.fixture
def alice(service: Service) -> Caller:
    return service.new_user()


@pytest.fixture
def bob(service: Service) -> Caller:
    return service.new_user()
