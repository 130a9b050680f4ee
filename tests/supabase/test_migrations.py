"""The migrations, applied by the tool and under the rights of a hosted project."""

import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from devstack import migrations
from devstack.ports import free_ports
from devstack.postgres import Cluster
from devstack.project import Project
from tests.fixtures.catalog import function_privileges, table_privileges
from tests.fixtures.stack import new_cluster

OLD_DEFAULTS = """
    alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
    alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
    alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
"""
"""What projects of before gave away with every new object (https://supabase.com/docs/guides/api/securing-your-api)."""


@pytest.fixture(scope="module")
def old_project() -> Iterator[Cluster]:
    """A new database under the defaults of older hosted projects, with nothing migrated."""
    with new_cluster() as cluster:
        yield cluster


async def test_pushing_again_does_nothing(project: Project, owner: Any) -> None:
    query = "select version, name, statements from supabase_migrations.schema_migrations order by version"
    before = await owner.fetch(query)
    assert "up to date" in migrations.push(project.cluster.url())
    assert await owner.fetch(query) == before


async def test_every_migration_has_been_applied(owner: Any) -> None:
    rows = await owner.fetch("select version, name from supabase_migrations.schema_migrations order by version")
    files = sorted((migrations.ROOT / "supabase" / "migrations").glob("*.sql"))
    assert [f"{row['version']}_{row['name']}" for row in rows] == [file.stem for file in files]


async def test_the_role_that_migrates_is_no_superuser(owner: Any) -> None:
    row = await owner.fetchrow("select rolname, rolsuper from pg_roles where rolname = session_user")
    assert (row["rolname"], row["rolsuper"]) == ("postgres", False)


async def test_an_older_project_s_defaults_open_nothing(old_project: Cluster, owner: Any) -> None:
    """P6"""
    connection = await asyncpg.connect(old_project.url())
    await connection.execute(OLD_DEFAULTS)
    migrations.push(old_project.url())
    assert await table_privileges(connection) == await table_privileges(owner)
    assert await function_privileges(connection) == await function_privileges(owner)
    await connection.close()


async def test_a_new_project_s_limits_are_the_contract_s(old_project: Cluster) -> None:
    migrations.push(old_project.url())
    connection = await asyncpg.connect(old_project.url())
    config = json.loads(await connection.fetchval("select config from system_config"))
    await connection.close()
    assert config == {"jobs_per_minute": 10, "jobs_in_flight": 10, "reference_store_bytes": 2**30}


async def test_a_database_that_cannot_be_reached_is_an_error_that_says_so() -> None:
    (port,) = free_ports(1)
    with pytest.raises(migrations.MigrationError, match=str(port)):
        migrations.push(f"postgresql://postgres:postgres@127.0.0.1:{port}/postgres")
