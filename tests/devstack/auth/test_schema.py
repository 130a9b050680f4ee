"""The schema ``auth`` as roles and policies see it."""

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.fixtures.auth_service import Service

USER_ID = "6f0c62bd-6f9e-4a33-9f77-3a3e2a2c7a11"
CLAIMS = {"sub": USER_ID, "role": "authenticated", "email": "a@example.com", "app_metadata": {"plan": "pro"}}
API_ROLES = ("anon", "authenticated", "service_role")


@pytest.fixture
async def transaction(postgres: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """Leaves nothing behind."""
    transaction = postgres.transaction()
    await transaction.start()
    yield postgres
    await transaction.rollback()


async def claim(connection: asyncpg.Connection, name: str, value: str) -> None:
    await connection.execute("select set_config($1, $2, true)", name, value)


@pytest.mark.parametrize("role", [*API_ROLES, "postgres"])
async def test_every_role_reads_the_claims_of_its_token(transaction: asyncpg.Connection, role: str) -> None:
    await claim(transaction, "request.jwt.claims", json.dumps(CLAIMS))
    await transaction.execute(f"set local role {role}")
    row = await transaction.fetchrow("select auth.uid(), auth.role(), auth.email(), auth.jwt()")
    assert (str(row["uid"]), row["role"], row["email"]) == (USER_ID, "authenticated", "a@example.com")
    assert json.loads(row["jwt"]) == CLAIMS


@pytest.mark.parametrize("setting", [None, ""])
async def test_without_a_token_there_are_no_claims(transaction: asyncpg.Connection, setting: str | None) -> None:
    """Empty is what PostgreSQL leaves of a setting that was local to a transaction."""
    if setting is not None:
        await claim(transaction, "request.jwt.claims", setting)
        await claim(transaction, "request.jwt.claim.sub", setting)
    row = await transaction.fetchrow("select auth.uid(), auth.role(), auth.email(), auth.jwt()")
    assert list(row.values()) == [None] * 4


async def test_one_setting_per_claim_counts_as_well(transaction: asyncpg.Connection) -> None:
    await claim(transaction, "request.jwt.claim.sub", USER_ID)
    await claim(transaction, "request.jwt.claim.role", "anon")
    await claim(transaction, "request.jwt.claim.email", "b@example.com")
    row = await transaction.fetchrow("select auth.uid(), auth.role(), auth.email()")
    assert (str(row["uid"]), row["role"], row["email"]) == (USER_ID, "anon", "b@example.com")


@pytest.mark.parametrize("role", API_ROLES)
@pytest.mark.parametrize("table", ["users", "identities", "sessions", "refresh_tokens"])
async def test_no_api_role_reads_the_tables(transaction: asyncpg.Connection, role: str, table: str) -> None:
    await transaction.execute(f"set local role {role}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await transaction.fetch(f"select * from auth.{table}")


@pytest.mark.parametrize("role", API_ROLES)
async def test_no_api_role_makes_users(transaction: asyncpg.Connection, role: str) -> None:
    await transaction.execute(f"set local role {role}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await transaction.execute("insert into auth.users (id) values (gen_random_uuid())")


async def test_a_migration_hangs_keys_and_triggers_on_users(transaction: asyncpg.Connection) -> None:
    await transaction.execute(
        """
        create table public.owned (owner uuid references auth.users on delete cascade);
        create function public.note() returns trigger language plpgsql as $$ begin return new; end $$;
        create trigger note after insert on auth.users for each row execute function public.note();
        """
    )


async def test_a_seed_may_insert_a_user(service: Service, postgres: asyncpg.Connection) -> None:
    await postgres.execute(
        """
        insert into auth.users (id, email, encrypted_password, email_confirmed_at)
        values ($1, 'seed@example.com', extensions.crypt('seeded password', extensions.gen_salt('bf')), now())
        """,
        USER_ID,
    )
    session = await service.sign_in("seed@example.com", "seeded password")
    assert session.user.id == USER_ID


async def test_everything_belongs_to_auth(transaction: asyncpg.Connection) -> None:
    owners = await transaction.fetch("select distinct tableowner from pg_tables where schemaname = 'auth'")
    assert [row["tableowner"] for row in owners] == ["supabase_auth_admin"]
