"""The slot behind the changes: there while somebody listens, and again after an interruption."""

import asyncio
from typing import Any

import asyncpg

from devstack.project import Project
from tests.fixtures.lifecycle import Line
from tests.fixtures.realtime_socket import SECONDS, RealtimeSocket, opened

JOBS = {"event": "INSERT", "schema": "public", "table": "jobs"}
_SLOTS = "select active_pid from pg_replication_slots where plugin = 'pgoutput'"


async def _until_slots(owner: Any, number: int) -> list[int]:
    async with asyncio.timeout(SECONDS):
        while len(rows := await owner.fetch(_SLOTS)) != number:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return [row["active_pid"] for row in rows]


async def test_nothing_is_decoded_while_nobody_listens(
    project: Project, owner: Any, socket: RealtimeSocket, as_owner: str
) -> None:
    await socket.join()
    await _until_slots(owner, 0)
    async with opened(project) as other:
        await other.listen(JOBS, as_=as_owner)
        await _until_slots(owner, 1)
    await _until_slots(owner, 0)


async def test_all_listeners_share_one_slot(owner: Any, socket: RealtimeSocket, as_owner: str) -> None:
    await socket.listen(JOBS, as_=as_owner, topic="realtime:one")
    await socket.listen(JOBS, as_=as_owner, topic="realtime:two")
    await _until_slots(owner, 1)


async def test_what_was_committed_before_is_not_told(
    project: Project, line: Line, socket: RealtimeSocket, as_owner: str
) -> None:
    async with opened(project) as other:
        await other.listen(JOBS, as_=as_owner)
        await line.job()
        await socket.listen(JOBS, as_=as_owner)
        job = await line.job()
        assert (await socket.change())["record"]["id"] == job


async def test_changes_arrive_again_after_the_database_ended_the_connection(
    project: Project, owner: Any, line: Line, socket: RealtimeSocket, as_owner: str
) -> None:
    await socket.listen(JOBS, as_=as_owner)
    (interrupted,) = await _until_slots(owner, 1)
    admin = await asyncpg.connect(project.cluster.url("supabase_admin"))
    await admin.execute("select pg_terminate_backend($1)", interrupted)
    await admin.close()
    async with asyncio.timeout(SECONDS):
        while await _until_slots(owner, 1) == [interrupted]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    job = await line.job()
    assert (await socket.change())["record"]["id"] == job


async def test_a_transaction_that_was_rolled_back_is_not_told(
    owner: Any, line: Line, socket: RealtimeSocket, as_owner: str
) -> None:
    job = await line.job()
    await socket.listen({**JOBS, "event": "UPDATE"}, as_=as_owner)
    async with owner.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("update jobs set priority = 1 where id = $1", job)
        await transaction.rollback()
    await owner.execute("update jobs set priority = 2 where id = $1", job)
    assert (await socket.change())["record"]["priority"] == 2
