"""The official Python client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from realtime import AsyncRealtimeChannel, RealtimeSubscribeStates
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from devstack.project import Project
from tests.fixtures.lifecycle import Line
from tests.fixtures.realtime_socket import SECONDS, token


@pytest.fixture
async def client(project: Project) -> AsyncIterator[AsyncClient]:
    """Nobody is signed in."""
    async with httpx.AsyncClient() as http:
        options = AsyncClientOptions(httpx_client=http)
        client = await acreate_client(project.url, project.keys.publishable_key, options)
        yield client
        await client.remove_all_channels()


class Listener:
    """One channel and what it is told."""

    def __init__(self, channel: AsyncRealtimeChannel) -> None:
        self.channel = channel
        self.states: asyncio.Queue[tuple[RealtimeSubscribeStates, str]] = asyncio.Queue()
        self.changes: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def on(self, event: Any, **wish: Any) -> "Listener":
        self.channel.on_postgres_changes(event, lambda change: self.changes.put_nowait(dict(change["data"])), **wish)
        return self

    async def subscribe(self) -> tuple[RealtimeSubscribeStates, str]:
        await self.channel.subscribe(lambda state, error: self.states.put_nowait((state, str(error or ""))))
        async with asyncio.timeout(SECONDS):
            return await self.states.get()

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(SECONDS):
            return await self.changes.get()


async def test_it_sees_its_user_s_changes_and_nobody_else_s(
    client: AsyncClient, line: Line, other_line: Line, as_owner: str
) -> None:
    await client.realtime.set_auth(as_owner)
    own = f"user_id=eq.{line.user_id}"
    listener = Listener(client.channel("own"))
    listener.on("INSERT", table="jobs", filter=own).on("DELETE", table="workspace_assets", filter=own)
    assert await listener.subscribe() == (RealtimeSubscribeStates.SUBSCRIBED, "")
    for one in (other_line, line):
        attempt = await one.start()
        await attempt.finish()
        await one.owner.execute("delete from workspace_assets where job_id = $1", attempt.job_id)
    inserted, deleted = await listener.next(), await listener.next()
    assert (inserted["type"], inserted["record"]["id"]) == ("INSERT", attempt.job_id)
    assert (deleted["type"], deleted["table"]) == ("DELETE", "workspace_assets")


async def test_a_token_that_ended_is_refused(project: Project, client: AsyncClient, line: Line) -> None:
    await client.realtime.set_auth(token(project, line.user_id, exp=1))
    state, error = await Listener(client.channel("late")).on("INSERT", table="jobs").subscribe()
    assert (state, "Token has expired" in error) == (RealtimeSubscribeStates.CHANNEL_ERROR, True)


async def test_a_newer_token_is_taken(project: Project, client: AsyncClient, line: Line, other_line: Line) -> None:
    await client.realtime.set_auth(token(project, other_line.user_id))
    listener = Listener(client.channel("jobs")).on("INSERT", table="jobs")
    system: asyncio.Queue[Any] = asyncio.Queue()
    listener.channel.on_system(system.put_nowait)
    await listener.subscribe()
    async with asyncio.timeout(SECONDS):
        await system.get()
        await client.realtime.set_auth(token(project, line.user_id))
        await system.get()
    await other_line.job()
    job = await line.job()
    assert (await listener.next())["record"]["id"] == job
