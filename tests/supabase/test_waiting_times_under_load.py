"""Whether what is told at submission comes true, on a virtual clock."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from functions.edge.database.postgres import PostgresDatabase
from tests.fixtures.lifecycle import Line, opened_line
from tests.fixtures.simulated_load import SimulatedLoad
from tests.fixtures.sweeping import Sweep

WARM_UP = 100
JOBS = 400


@pytest.fixture
async def users(line: Line, database: PostgresDatabase, owner: Any) -> AsyncIterator[list[str]]:
    async with AsyncExitStack() as stack:
        yield [(await stack.enter_async_context(opened_line(database, owner))).user_id for _ in range(8)]
        await owner.execute("delete from jobs where queue = $1", line.queue)


@pytest.mark.parametrize("loads", [(0.6, 1.4, 0.9), (1.15,)], ids=["up and down", "more than the workers can do"])
@pytest.mark.parametrize("seed", [1, 2])
async def test_half_are_done_within_p50_and_nine_in_ten_within_p90(
    line: Line, users: list[str], sweep: Sweep, seed: int, loads: tuple[float, ...]
) -> None:
    async with line.owner.acquire() as connection:
        runs = await SimulatedLoad(line, connection, sweep, users, loads, seed).run(JOBS)

    told = runs[WARM_UP:]
    within_p50, within_p90 = [
        sum(run.took <= limit for run, limit in zip(told, limits, strict=True)) / len(told)
        for limits in ([run.p50 for run in told], [run.p90 for run in told])
    ]
    assert 0.4 <= within_p50 <= 0.6
    assert 0.8 <= within_p90 <= 0.97
