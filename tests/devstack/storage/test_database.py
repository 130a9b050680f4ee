"""Transactions under a caller's role."""

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest

from devstack.postgres import Cluster
from devstack.storage.caller import SERVICE, Caller
from devstack.storage.database import Database

USER = Caller("authenticated", {"sub": "u1", "role": "authenticated", "plan": "pro"})


@pytest.fixture
async def database(cluster: Cluster) -> AsyncIterator[Database]:
    database = Database(cluster.url("supabase_storage_admin"))
    async with database.connected():
        yield database


async def test_a_transaction_has_the_caller_s_role_and_claims(database: Database) -> None:
    async with database.transaction(USER) as connection:
        assert await connection.fetchval("select current_user") == "authenticated"
        assert await connection.fetchval("select auth.role()") == "authenticated"
        assert await connection.fetchval("select current_setting('request.jwt.claim.sub')") == "u1"
        assert await connection.fetchval("select auth.jwt()") == dict(USER.claims)


async def test_the_next_transaction_knows_nothing_of_the_last_caller(database: Database) -> None:
    async with database.transaction(USER):
        pass
    async with database.transaction(SERVICE) as connection:
        assert await connection.fetchval("select current_user") == "service_role"
        assert await connection.fetchval("select auth.uid()") is None
        assert await connection.fetchval("select auth.jwt()") == {"role": "service_role"}


async def test_a_rehearsal_leaves_nothing(database: Database) -> None:
    async with database.rehearsal(SERVICE) as connection:
        await connection.execute("insert into storage.buckets (id, name) values ('rehearsed', 'rehearsed')")
    async with database.transaction(SERVICE) as connection:
        assert not await connection.fetchval("select exists (select from storage.buckets where id = 'rehearsed')")


async def test_a_rehearsal_that_fails_says_why_and_gives_its_connection_back(database: Database) -> None:
    for _ in range(20):
        async with database.rehearsal(USER) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("insert into storage.buckets (id, name) values ('b', 'b')")


async def test_json_comes_as_values(database: Database) -> None:
    async with database.transaction(SERVICE) as connection:
        value = {"size": 1, "tags": ["x", None]}
        assert await connection.fetchval("select $1::jsonb", value) == value
        assert await connection.fetchval("select $1::jsonb::text", value) == json.dumps(value)
