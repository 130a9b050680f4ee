"""Whose job is next: priority, then turns, round robin over users."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from functions.edge.database.postgres import PostgresDatabase
from tests.fixtures.lifecycle import Attempt, Line, opened_line

WINDOW = 4
"""The default of ``queues.handout_window``."""


@pytest.fixture
async def users(line: Line, database: PostgresDatabase, owner: Any) -> AsyncIterator[list[Line]]:
    """Ten, who all submit to the queue of ``line``."""
    async with AsyncExitStack() as stack:
        own = [await stack.enter_async_context(opened_line(database, owner)) for _ in range(10)]
        yield [replace(user, queue=line.queue) for user in own]
        await owner.execute("delete from jobs where queue = $1", line.queue)


async def start_next(users: Sequence[Line]) -> tuple[Line, Attempt]:
    """Claim what was handed out first, as a worker takes the oldest element of the Redis list; whose job it is."""
    query = """
        select id::text, handout, user_id::text from jobs where queue = $1 and handed_out_at is not null
        order by handed_out_at limit 1
    """
    row = await users[0].owner.fetchrow(query, users[0].queue)
    (user,) = [user for user in users if user.user_id == row["user_id"]]
    return user, await user.start_handed_out(row["id"], row["handout"])


async def run_next(users: Sequence[Line]) -> Line:
    user, attempt = await start_next(users)
    await attempt.finish()
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
    for _ in range(30):
        await busy.job()
    await run(users, 12)
    for _ in range(20):
        await away.job()

    done = await run(users, 4 * WINDOW)

    assert done[:WINDOW] == [busy] * WINDOW
    assert done.count(away) == done.count(busy) == 2 * WINDOW


async def test_a_job_that_runs_long_makes_nobody_s_turn_come_sooner(users: list[Line]) -> None:
    slow, busy, newcomer = users[:3]
    await slow.job()
    await start_next(users)
    for _ in range(30):
        await busy.job()
    await run(users, 12)
    for _ in range(20):
        await newcomer.job()

    done = await run(users, 4 * WINDOW)

    assert done.count(newcomer) == done.count(busy) == 2 * WINDOW


async def test_jobs_that_began_rounds_ago_make_nobody_s_turn_come_sooner(users: list[Line]) -> None:
    slow, busy, newcomer = users[:3]
    for _ in range(10):
        await slow.job()
    for _ in range(10):
        await start_next(users)
    for _ in range(40):
        await busy.job()
    await run(users, 20)
    for _ in range(20):
        await newcomer.job()

    done = await run(users, 4 * WINDOW)

    assert done.count(newcomer) <= done.count(busy) + WINDOW


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


def jain(shares: Sequence[int]) -> float:
    """1 when all are equal, 1/n when one has everything (Jain, Chiu and Hawe, 1984)."""
    return sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares))


@pytest.mark.parametrize("workers", [1, 8])
async def test_a_flood_leaves_the_others_their_share(users: list[Line], workers: int) -> None:
    """Jain's index of the shares in the 100 completions after nine users came to one who had sent 1,000 jobs."""
    flood, *others = users
    await flood.configure(waiting_limit=2000)
    for _ in range(1000):
        await flood.job()
    # Every worker is busy with the flood when the others come.
    running = [await start_next(users) for _ in range(workers)]
    for _ in range(10):
        for user in others:
            await user.job()

    done: list[Line] = []
    draw = random.Random(1)
    for _ in range(100):
        user, attempt = running.pop(draw.randrange(workers))
        await attempt.finish()
        done.append(user)
        running.append(await start_next(users))

    shares = [done.count(user) for user in users]
    assert jain(shares) >= 0.95, shares
