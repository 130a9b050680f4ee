"""A real cluster, and the Storage app behind a gateway as thin as can be, for the whole session."""

import shutil
import socket
import tempfile
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from storage3 import AsyncStorageClient

from devstack.keys import Keys
from devstack.ports import HOST, free_ports
from devstack.postgres import Cluster
from devstack.storage import create_app

# What a project writes into a migration: everyone has a folder of their own in the buckets named per-user-….
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
    create policy "see one bucket" on storage.buckets for select to authenticated
        using (id like 'read-only-%');
"""


@dataclass(frozen=True)
class User:
    id: str
    token: str


@dataclass(frozen=True)
class Service:
    """The running app as a client sees it, and its two stores from behind."""

    url: str
    folder: Path
    keys: Keys
    cluster: Cluster
    http: httpx.AsyncClient

    def user(self) -> User:
        user_id = str(uuid.uuid4())
        return User(user_id, self.keys.sign({"sub": user_id, "role": "authenticated", "exp": int(time.time()) + 3600}))

    def as_(self, token: str) -> AsyncStorageClient:
        return AsyncStorageClient(f"{self.url}/", {"Authorization": f"Bearer {token}"}, http_client=self.http)

    @property
    def admin(self) -> AsyncStorageClient:
        return self.as_(self.keys.service_role_key)

    @property
    def admin_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys.service_role_key}"}

    def files(self, bucket: str) -> list[Path]:
        return [path for path in (self.folder / bucket).rglob("*") if path.is_file()]


@contextmanager
def _serving(app: Starlette) -> Iterator[str]:
    gateway = Starlette(routes=[Mount("/storage/v1", app)], lifespan=app.router.lifespan_context)
    server = uvicorn.Server(uvicorn.Config(gateway, log_level="warning", ws="none"))
    with socket.create_server((HOST, 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            # Connections wait in the listener's queue until the app is up.
            yield f"http://{HOST}:{listener.getsockname()[1]}/storage/v1"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def public_folder() -> Iterator[Path]:
    """One that PostgreSQL's own user can reach too, as pytest's temporary folders are not."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="storage-tests-"))  # noqa: S108
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster(public_folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(public_folder / "postgres", free_ports(1)[0])
    child = cluster.start(public_folder / "postgres.log")
    yield cluster
    child.stop()


@pytest.fixture(scope="session")
async def service(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    connection = await asyncpg.connect(cluster.url("postgres"))
    await connection.execute(POLICIES)
    await connection.close()
    keys = Keys.generate()
    folder = tmp_path_factory.mktemp("objects")
    app = create_app(database_url=cluster.url("supabase_storage_admin"), keys=keys, folder=folder)
    with _serving(app) as url:
        async with httpx.AsyncClient(base_url=url) as http:
            yield Service(url, folder, keys, cluster, http)


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
    return await new_bucket(service, "plain")


@pytest.fixture
async def per_user_bucket(service: Service) -> str:
    return await new_bucket(service, "per-user")


@pytest.fixture
def make_bucket(service: Service) -> Callable[..., object]:
    async def make(kind: str = "plain", **options: object) -> str:
        return await new_bucket(service, kind, **options)

    return make


async def new_bucket(service: Service, kind: str, **options: object) -> str:
    name = f"{kind}-{uuid.uuid4().hex}"
    await service.admin.create_bucket(name, options=options)  # type: ignore[arg-type]
    return name


@pytest.fixture
def alice(service: Service) -> User:
    return service.user()


@pytest.fixture
def bob(service: Service) -> User:
    return service.user()
