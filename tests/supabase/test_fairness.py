"""Whose job is next: priority, then turns, round robin over users."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from functions.edge.database.postgres import PostgresDatabase
from tests.fixtures.lifecycle import Line, opened_line

WINDOW = 4
"""The default of ``queues.handout_window``."""


@pytest.fixture
async def users(line: Line, database: PostgresDatabase, owner: Any) -> AsyncIterator[list[Line]]:
    """Ten, who all submit to the queue of ``line``."""
    async with AsyncExitStack() as stack:
        own = [await stack.enter_async_context(opened_line(database, owner)) for _ in range(10)]
        yield [replace(user, queue=line.queue) for user in own]
        await owner.execute("delete from jobs where queue = $1", line.queue)


async def run_next(users: Sequence[Line]) -> Line:
    """Claim and complete what was handed out first; whose job it was."""
    query = """
        select id::text, handout, user_id::text from jobs where queue = $1 and handed_out_at is not null
        order by priority desc, turn, created_at limit 1
    """
    row = await users[0].owner.fetchrow(query, users[0].queue)
    (user,) = [user for user in users if user.user_id == row["user_id"]]
    await (await user.start_handed_out(row["id"], row["handout"])).finish()
    return user


async def run(users: Sequence[Line], count: int) -> list[Line]:
    return [await run_next(users) for _ in range(count)]


async def test_users_take_turns_however_many_jobs_one_of_them_has(users: list[Line]) -> None:
    many, second, third = users[:3]
    for _ in range(WINDOW + 6):
        await many.job()
    for _ in range(2):
        await second.job()
        await third.job()

    # What was handed out before the others came stays handed out.
    assert await run(users, WINDOW) == [many] * WINDOW
    rounds = await run(users, 6)
    assert [rounds.count(user) for user in (many, second, third)] == [2, 2, 2]


async def test_a_user_who_was_away_neither_saves_up_turns_nor_loses_any(users: list[Line]) -> None:
    busy, away = users[:2]
    for _ in range(20):
        await busy.job()
    await run(users, 12)
    for _ in range(6):
        await away.job()

    await run(users, WINDOW)
    rounds = await run(users, 8)

    assert rounds.count(away) == rounds.count(busy) == 4


async def test_turns_of_one_user_follow_each_other(line: Line) -> None:
    jobs = [await line.job() for _ in range(5)]

    turns = [(await line.row(job_id))["turn"] for job_id in jobs]
    assert turns == list(range(turns[0], turns[0] + 5))


async def test_priority_goes_before_turns(line: Line, users: list[Line]) -> None:
    await line.configure(handout_window=1)
    await users[0].job()
    plain = await users[1].job()
    urgent = await users[2].job(priority=5)

    await run_next(users)
    assert await line.handed_out() == [urgent]
    await run_next(users)
    assert await line.handed_out() == [plain]


async def test_a_flood_leaves_the_others_their_share(users: list[Line]) -> None:
    """Jain's index of the shares in the 100 completions after nine users came to one who had sent 300 jobs."""
    flood, *others = users
    for _ in range(300):
        await flood.job()
    for _ in range(10):
        for user in others:
            await user.job()

    done = await run(users, 100)

    shares = [done.count(user) for user in users]
    assert sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares)) >= 0.95, shares
