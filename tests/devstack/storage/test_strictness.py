"""What ``postgres``, which migrations run as, may do in the platform's schemas: policies and triggers, and no more."""

import asyncpg
import pytest

from devstack.postgres import Cluster

FUNCTION = "create function public.noticed() returns trigger language plpgsql as 'begin return new; end'"


@pytest.mark.parametrize("table", ["storage.objects", "storage.buckets", "auth.users"])
async def test_policies_may_be_made_changed_and_dropped(postgres: asyncpg.Connection, table: str) -> None:
    await postgres.execute(f"create policy p on {table} for select to authenticated using (true)")
    await postgres.execute(f"alter policy p on {table} using (false)")
    await postgres.execute(f"comment on policy p on {table} is 'why'")
    await postgres.execute(f"drop policy p on {table}")


@pytest.mark.parametrize("table", ["storage.objects", "auth.users"])
async def test_triggers_may_be_made_and_dropped(postgres: asyncpg.Connection, table: str) -> None:
    await postgres.execute(FUNCTION)
    await postgres.execute(f"create trigger t after insert on {table} for each row execute function public.noticed()")
    await postgres.execute(f"drop trigger t on {table}")


async def test_a_trigger_goes_with_its_function(postgres: asyncpg.Connection) -> None:
    await postgres.execute(FUNCTION)
    await postgres.execute("create trigger t after insert on auth.users for each row execute function public.noticed()")
    await postgres.execute("drop function public.noticed() cascade")


async def test_tables_of_the_project_s_own_may_point_at_users_and_objects(postgres: asyncpg.Connection) -> None:
    await postgres.execute("create table public.mine (u uuid references auth.users, o uuid references storage.objects)")
    await postgres.execute("create view public.names as select name from storage.objects")
    await postgres.execute("drop table public.mine; drop view public.names")


@pytest.mark.parametrize(
    "statement",
    [
        "alter table storage.objects add column mine text",
        "alter table storage.objects disable row level security",
        "alter table storage.objects disable trigger protect_objects_delete",
        "alter table storage.objects owner to postgres",
        "alter table storage.objects rename to things",
        "alter table storage.objects set schema public",
        "alter table auth.users add column mine text",
        "alter publication supabase_realtime add table storage.objects",
        "alter schema storage rename to files",
        "alter schema auth owner to postgres",
        "alter function storage.protect_delete() rename to allow_delete",
        "create index on storage.objects (version)",
        "create or replace function storage.protect_delete() returns trigger language plpgsql as 'begin end'",
        "create function auth.mine() returns int language sql as 'select 1'",
        "create rule r as on delete to storage.objects do instead nothing",
        "create table storage.mine (id int)",
        "create table auth.mine (id int)",
        "create type storage.mine as enum ('a')",
        "create view auth.mine as select 1",
        "drop function storage.protect_delete() cascade",
        "drop index storage.bucketid_objname",
        "drop schema auth cascade",
        "drop table storage.objects",
        "drop trigger protect_objects_delete on storage.objects",
        "drop trigger update_objects_updated_at on storage.objects",
        "drop event trigger strictness_changed",
        "drop function strictness.check_dropped() cascade",
        "drop schema strictness cascade",
        "set role supabase_storage_admin",
        "set role supabase_auth_admin",
        "grant supabase_storage_admin to authenticated",
    ],
)
async def test_anything_else_is_refused(postgres: asyncpg.Connection, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await postgres.execute(statement)


async def test_a_refusal_reads_as_the_hosted_one(postgres: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match=r"^must be owner of table storage\.objects$"):
        await postgres.execute("alter table storage.objects enable row level security")


async def test_a_schema_whose_name_only_begins_alike_is_the_project_s(postgres: asyncpg.Connection) -> None:
    await postgres.execute("create schema storage_extras; create table storage_extras.mine (id int)")
    await postgres.execute("create function public.of(o storage.objects) returns text language sql as 'select o.name'")
    await postgres.execute("drop function public.of(storage.objects); drop schema storage_extras cascade")


@pytest.mark.parametrize("role", ["supabase_admin", "supabase_storage_admin"])
async def test_the_platform_itself_is_not_bound(cluster: Cluster, role: str) -> None:
    connection = await asyncpg.connect(cluster.url(role))
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("create table storage.mine (id int); drop table storage.mine")
    await transaction.rollback()
    await connection.close()
