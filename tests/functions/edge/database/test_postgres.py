"""What only the pool of connections can get wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from devstack.project import Project
from functions.edge.database import DatabaseUnavailable, postgres
from functions.edge.database.postgres import PostgresDatabase


@pytest.fixture
def name() -> str:
    return f"pool-{uuid4()}"


@pytest.fixture
async def database(project: Project, name: str) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(f"{project.cluster.url()}?application_name={name}", max_size=2)
    yield database
    await database.aclose()


async def connections(owner: Any, name: str) -> int:
    count: int = await owner.fetchval("select count(*) from pg_stat_activity where application_name = $1", name)
    return count


async def test_first_calls_at_once_open_one_pool_of_its_size(database: PostgresDatabase, owner: Any, name: str) -> None:
    await asyncio.gather(*(database.call("health") for _ in range(20)))
    assert 1 <= await connections(owner, name) <= 2


async def test_a_call_is_one_round_trip(database: PostgresDatabase, owner: Any, name: str) -> None:
    """Nothing is said before or behind it."""
    for _ in range(2):
        await database.call("health")
    last = await owner.fetchval("select query from pg_stat_activity where application_name = $1", name)
    assert last == "select public.health()"


async def test_a_connection_that_the_server_ended_is_replaced(
    database: PostgresDatabase, owner: Any, name: str
) -> None:
    await database.call("health")
    await owner.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", name)
    while await connections(owner, name):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    # Whether the end was noticed before the next call is a matter of luck.
    with suppress(DatabaseUnavailable):
        await database.call("health")
    assert (await database.call("health"))["outcome"] == "healthy"


async def test_closed_it_holds_no_connection_and_is_unavailable(
    database: PostgresDatabase, owner: Any, name: str
) -> None:
    await database.call("health")
    await database.aclose()
    while await connections(owner, name):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    with pytest.raises(DatabaseUnavailable):
        await database.call("health")


async def test_a_call_that_never_ends_does_not_hold_up_the_end_of_the_process(
    database: PostgresDatabase, owner: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "CLOSE_SECONDS", 0.05)
    await owner.execute(
        "create function public.pool_sleep() returns jsonb language sql as"
        " $$ select pg_sleep(60); select '{}'::jsonb $$"
    )
    try:
        sleeping = asyncio.create_task(database.call("pool_sleep"))
        while not await connections(owner, name):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        async with asyncio.timeout(10):
            await database.aclose()
            with pytest.raises(DatabaseUnavailable):
                await sleeping
    finally:
        await owner.execute("drop function public.pool_sleep")
