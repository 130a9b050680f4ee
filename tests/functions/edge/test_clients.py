"""The clients of a process: made without touching anything outside, closed when what runs in the background is done."""

import asyncio
from typing import Any

import pytest

from devstack.project import Project
from functions.edge.clients import Clients, open_clients
from functions.edge.database import DatabaseUnavailable
from functions.edge.database.postgres import PostgresDatabase
from functions.edge.database.postgrest import PostgrestDatabase
from functions.edge.settings import load_settings
from functions.edge.storage import StorageUnavailable
from shared.queue import QueueError
from tests.fixtures.functions import Doubles, environment, project_environment

NOWHERE = {
    "SUPABASE_URL": "http://127.0.0.1:1",
    "UPSTASH_REDIS_REST_URL": "http://127.0.0.1:1",
    "SUPABASE_DB_URL": "postgresql://postgres@127.0.0.1:1/postgres",
}


async def use_each(clients: Clients) -> None:
    await clients.database.call("health")
    await clients.queue.ping()
    await clients.storage.sign_downloads("workspace-temp", ["none.png"], 60)


async def test_they_open_and_close_while_nothing_outside_answers() -> None:
    """A cold start waits for no other system."""
    async with open_clients(load_settings(environment(**NOWHERE))) as clients:
        assert clients.settings.supabase_url == NOWHERE["SUPABASE_URL"]


async def test_each_says_so_in_its_own_way_when_its_system_is_gone() -> None:
    async with open_clients(load_settings(environment(**NOWHERE))) as clients:
        with pytest.raises(DatabaseUnavailable):
            await clients.database.call("health")
        with pytest.raises(QueueError):
            await clients.queue.ping()
        with pytest.raises(StorageUnavailable):
            await clients.storage.sign_downloads("workspace-temp", ["none.png"], 60)


@pytest.mark.parametrize(("kind", "expected"), [("postgres", PostgresDatabase), ("postgrest", PostgrestDatabase)])
async def test_the_database_s_url_decides_how_it_is_reached(project: Project, kind: str, expected: type) -> None:
    async with open_clients(load_settings(project_environment(project, kind))) as clients:
        assert type(clients.database) is expected
        await use_each(clients)


async def test_what_runs_in_the_background_is_waited_for_at_the_end() -> None:
    steps: list[str] = []

    async def slow() -> None:
        await asyncio.sleep(0.02)
        steps.append("done")

    async with open_clients(load_settings(environment(**NOWHERE))) as clients:
        clients.in_background(slow())
        steps.append("answered")
    assert steps == ["answered", "done"]


async def test_settling_also_waits_for_what_the_background_starts(doubles: Doubles) -> None:
    steps: list[Any] = []

    async def second() -> None:
        await asyncio.sleep(0)
        steps.append("second")

    async def first() -> None:
        doubles.clients.in_background(second())
        steps.append("first")

    doubles.clients.in_background(first())
    await doubles.clients.settle()
    assert steps == ["first", "second"]


async def test_with_nothing_in_the_background_there_is_nothing_to_wait_for(doubles: Doubles) -> None:
    await doubles.clients.settle()
