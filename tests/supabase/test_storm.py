"""Everything at once over one queue: no call fails, and whatever came of it, the promises hold."""

import asyncio
import random
from collections import Counter
from typing import Any

import pytest

from tests.fixtures.lifecycle import Attempt, Line

ACTORS = 8
ACTIONS = 400
WINDOW = 3
ENDED = ("completed", "failed", "cancelled")


class Actor:
    """A client, a worker and a sweeper in one, which does the next best thing to any job. Its seed is fixed."""

    def __init__(self, line: Line, number: int, jobs: list[str], granted: Counter[tuple[str, int]]) -> None:
        self.line = line
        self.random = random.Random(number)
        self.jobs = jobs
        self.granted = granted
        self.attempts: list[Attempt] = []

    async def act(self, times: int) -> None:
        actions = [self.submit, self.claim, self.claim, self.report, self.complete, self.fail, self.cancel, self.sweep]
        weights = [6, 6, 6, 4, 5, 3, 2, 2]
        for action in self.random.choices(actions, weights, k=times):
            await action()

    async def submit(self) -> None:
        key = f"key-{self.random.randrange(100)}" if self.random.random() < 0.5 else None
        answer = await self.line.submit(key=key, config={"num_images": self.random.choice([1, 3])})
        self.jobs.append(answer["job"]["id"])

    async def claim(self) -> None:
        """The latest hand-out, as a queue token would name it, or a stale one."""
        handed_out = await self.line.handed_out()
        if not handed_out:
            return
        job_id = self.random.choice(handed_out)
        latest = (await self.line.row(job_id))["handout"]
        answer = await self.line.claim(
            job_id,
            self.random.choices([latest, latest - 1], [9, 1])[0],
            claim_id=str(self.random.random()),
            # Every other lease has ended as soon as it began.
            p_lease_seconds=self.random.choice([0, 60]),
        )
        if answer["outcome"] == "claimed":
            self.granted[job_id, answer["attempt"]] += 1
            self.attempts.append(Attempt(self.line, job_id, answer["attempt"], answer["done"]))

    async def report(self) -> None:
        if attempt := self._attempt():
            outputs = [await attempt.deliver()] if self.random.random() < 0.5 else []
            await attempt.report(self.random.random(), p_outputs=outputs, p_lease_seconds=self.random.choice([0, 60]))

    async def complete(self) -> None:
        if attempt := self._attempt():
            asked = (await attempt.row())["config"]["num_images"]
            await attempt.complete(*[await attempt.deliver(index) for index in range(asked)])

    async def fail(self) -> None:
        if attempt := self._attempt():
            code = self.random.choice(["generation_failed", "preempted"])
            await attempt.fail(code, retryable=self.random.random() < 0.9)

    async def cancel(self) -> None:
        """One that is being claimed just now, or any young one."""
        if candidates := await self.line.handed_out() + self.jobs[-3:]:
            await self.line.cancel(self.random.choice(candidates))

    async def sweep(self) -> None:
        await self.line.end_back_offs()
        await self.line.database.call("sweep_jobs")

    def _attempt(self) -> Attempt | None:
        """Any that this actor ever had, so many reports come late."""
        return self.random.choice(self.attempts) if self.attempts else None


class Observer:
    """Looks again and again while the storm blows."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.ended: dict[str, dict[str, Any]] = {}

    async def look(self) -> None:
        rows = await self.line.owner.fetch("select * from jobs where queue = $1", self.line.queue)
        assert sum(row["handed_out_at"] is not None for row in rows) <= WINDOW
        for row in rows:
            if row["status"] in ENDED:
                assert self.ended.setdefault(str(row["id"]), dict(row)) == dict(row), "P5"

    async def watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(0.02)


@pytest.fixture
async def granted(line: Line) -> Counter[tuple[str, int]]:
    """How often each (job, attempt) was granted in a storm that has passed."""
    await line.configure(handout_window=WINDOW)
    jobs: list[str] = []
    granted: Counter[tuple[str, int]] = Counter()
    observer = Observer(line)
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(observer.watch())
        async with asyncio.TaskGroup() as storm:
            for number in range(ACTORS):
                storm.create_task(Actor(line, number, jobs, granted).act(ACTIONS))
        watching.cancel()
    await observer.look()
    return granted


async def test_after_a_storm_every_promise_holds_and_every_job_ends(
    line: Line, granted: Counter[tuple[str, int]]
) -> None:
    """P1, P2, P4, P5"""
    assert set(granted.values()) == {1}
    await check_rows(line)
    await drain(line)
    await check_rows(line)
    statuses = await line.owner.fetch("select distinct status from jobs where queue = $1", line.queue)
    assert {row["status"] for row in statuses} <= set(ENDED)


async def check_rows(line: Line) -> None:
    rows = await line.owner.fetch(
        """
        select j.*, l.attempt as lease_attempt, l.has_ended,
            (select count(*) from workspace_assets a where a.job_id = j.id) as assets,
            (select count(distinct asset_index) from workspace_assets a where a.job_id = j.id) as indexes
        from jobs j left join job_leases l on l.job_id = j.id where j.queue = $1
        """,
        line.queue,
    )
    for row in rows:
        is_completed = row["status"] == "completed"
        assert row["assets"] == row["indexes"] == (row["config"]["num_images"] if is_completed else 0), "P2"
        assert 0 <= row["failures"] <= min(row["attempts"], row["max_attempts"])
        assert row["attempts"] <= 10
        assert (row["status"] == "processing") == (row["has_ended"] is False), "a running job has a lease, and no other"
        assert row["lease_attempt"] in (None, row["attempts"]), "P4"
        if row["status"] in ENDED:
            assert row["lease_attempt"] is None


async def drain(line: Line) -> None:
    """A calm worker ends what the storm left: P1. Each turn ends an attempt, so the turns are bounded."""
    for _ in range(2000):
        await line.end_back_offs()
        await line.owner.fetchval("select private.hand_out($1)", line.queue)
        row = await line.owner.fetchrow(
            """
            select * from jobs where queue = $1 and status in ('queued', 'processing')
            order by status = 'processing' desc, handed_out_at limit 1
            """,
            line.queue,
        )
        if row is None:
            return
        job_id = str(row["id"])
        attempt = (
            Attempt(line, job_id, row["attempts"], [])
            if row["status"] == "processing"
            else await line.start_again(job_id)
        )
        await attempt.complete(*[await attempt.deliver(index) for index in range(row["config"]["num_images"])])
    pytest.fail("Some jobs never end.")
