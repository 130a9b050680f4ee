"""The schema as migrations and policies find it."""

import asyncpg
import pytest

from devstack.postgres import Cluster


@pytest.mark.parametrize(
    ("name", "folders", "filename", "extension"),
    [
        ("a/b/c.tar.gz", ["a", "b"], "c.tar.gz", "gz"),
        ("c.png", [], "c.png", "png"),
        ("a/README", ["a"], "README", "README"),
        ("a/b/", ["a", "b"], "", ""),
        ("", [], "", ""),
    ],
)
async def test_the_helpers_take_a_name_apart(
    postgres: asyncpg.Connection, name: str, folders: list[str], filename: str, extension: str
) -> None:
    row = await postgres.fetchrow("select storage.foldername($1), storage.filename($1), storage.extension($1)", name)
    assert tuple(row) == (folders, filename, extension)


async def test_the_tables_have_the_hosted_columns(postgres: asyncpg.Connection) -> None:
    rows = await postgres.fetch(
        "select table_name, array_agg(column_name::text) as columns from information_schema.columns"
        " where table_schema = 'storage' group by 1"
    )
    shared = {"id", "name", "owner", "owner_id", "created_at", "updated_at"}
    assert {row["table_name"]: set(row["columns"]) for row in rows} == {
        "buckets": shared | {"public", "file_size_limit", "allowed_mime_types", "avif_autodetection", "type"},
        "objects": shared | {"bucket_id", "last_accessed_at", "metadata", "user_metadata", "path_tokens", "version"},
    }


async def test_row_level_security_is_on_and_the_api_roles_have_the_privileges(postgres: asyncpg.Connection) -> None:
    for table in ("storage.buckets", "storage.objects"):
        assert await postgres.fetchval("select relrowsecurity from pg_class where oid = $1::text::regclass", table)
        for role in ("anon", "authenticated", "service_role"):
            assert await postgres.fetchval(
                "select has_table_privilege($1, $2, 'select, insert, update, delete')", role, table
            )


async def test_no_role_of_the_api_may_create_anything_in_the_schema(postgres: asyncpg.Connection) -> None:
    for role in ("anon", "authenticated", "service_role"):
        assert not await postgres.fetchval("select has_schema_privilege($1, 'storage', 'create')", role)


async def test_a_migration_can_create_a_bucket(postgres: asyncpg.Connection) -> None:
    await postgres.execute(
        "insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)"
        " values ('b', 'b', false, 1, '{image/png}') on conflict (id) do nothing"
    )
    assert await postgres.fetchval("select type::text from storage.buckets where id = 'b'") == "STANDARD"


async def test_an_update_of_an_object_moves_its_date(postgres: asyncpg.Connection) -> None:
    await postgres.execute("insert into storage.buckets (id, name) values ('b', 'b')")
    await postgres.execute("insert into storage.objects (bucket_id, name, updated_at) values ('b', 'a', '2020-01-01')")
    await postgres.execute("update storage.objects set version = '1' where bucket_id = 'b'")
    assert await postgres.fetchval("select updated_at = now() from storage.objects where bucket_id = 'b'")


@pytest.mark.parametrize("table", ["storage.objects", "storage.buckets"])
@pytest.mark.parametrize("role", ["postgres", "service_role", "supabase_storage_admin"])
async def test_no_row_is_deleted_past_the_api(cluster: Cluster, table: str, role: str) -> None:
    connection = await asyncpg.connect(cluster.url("supabase_admin"))
    await connection.execute(f"set role {role}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="Direct deletion from storage tables is not allowed"):
        await connection.execute(f"delete from {table} where id is null")
    await connection.close()


async def test_the_hosted_way_around_works_here_too(postgres: asyncpg.Connection) -> None:
    await postgres.execute("insert into storage.buckets (id, name) values ('b', 'b')")
    await postgres.execute("set local storage.allow_delete_query = 'true'")
    assert await postgres.execute("delete from storage.buckets where id = 'b'") == "DELETE 1"
