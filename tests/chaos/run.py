"""One run: jobs are submitted, its faults strike, everything comes to rest, and the promises are looked at."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

import aiohttp

from tests.chaos import promises, suspicions
from tests.chaos.arena import Arena
from tests.chaos.causes import RunCauses
from tests.chaos.clock import LEASE_SECONDS
from tests.chaos.logs import Logs
from tests.chaos.plan import Kind, Plan
from tests.chaos.records import Records
from tests.chaos.user import Refused, User

BOUND_SECONDS: Final = 30.0
"""From the last fault to the last job's end, and then to the last worker's rest. Waits for leases are leapt over."""
QUIET_SECONDS: Final = 0.12
"""After so long without a word of anybody, nothing will happen unless time passes."""


@dataclass(frozen=True)
class Outcome:
    plan: Plan
    records: Records
    statuses: tuple[str, ...]
    violations: tuple[str, ...]


class Run:
    def __init__(self, arena: Arena, http: aiohttp.ClientSession, logs: Logs, plan: Plan) -> None:
        self._arena = arena
        self._http = http
        self._logs = logs
        self._plan = plan
        self._causes = RunCauses(arena)
        self._users: list[User] = []

    async def outcome(self) -> Outcome:
        arena, plan = self._arena, self._plan
        arena.wire.causes = self._causes
        records = arena.wire.begin(plan.faults)
        violations: list[str] = []
        try:
            self._users = [await User.signed_up(arena, self._http) for _ in range(plan.users)]
            await asyncio.gather(*(self._submit(number, images) for number, images in enumerate(plan.images)))
            await self._until_ended()
            await self._until_at_rest()
        except (Refused, TimeoutError) as trouble:
            violations.append(f"P1: {trouble}")
        await self._finish(records)
        users = [user.id for user in self._users]
        violations += await promises.broken(arena.owner, users, list(self._causes.jobs), records)
        violations += await suspicions.found(arena.owner, users, records)
        violations += self._logs.complaints()
        rows = await arena.owner.fetch("select status from public.jobs where user_id = any ($1::uuid[])", users)
        return Outcome(plan, records, tuple(row["status"] for row in rows), tuple(violations))

    async def _submit(self, number: int, images: int) -> None:
        user = self._users[number % len(self._users)]
        self._causes.jobs[await user.submit(images, seed=number)] = user

    async def _until_ended(self) -> None:
        query = "select count(*) from public.jobs where id = any ($1::uuid[]) and completed_at is null"
        deadline = time.monotonic() + BOUND_SECONDS
        while await self._arena.owner.fetchval(query, list(self._causes.jobs)):
            if time.monotonic() > deadline:
                raise TimeoutError("not every job ended")
            await asyncio.sleep(0.02)
            wire = self._arena.wire
            if not wire.under_way and time.monotonic() - wire.moved_at > QUIET_SECONDS:
                wire.moved_at = time.monotonic()
                await self._causes.pass_time(LEASE_SECONDS)

    async def _until_at_rest(self) -> None:
        """Every process is up, and every worker has come back to an empty queue."""
        async with asyncio.timeout(BOUND_SECONDS):
            await self._causes.settled()
            self._arena.start_members()
            wire = self._arena.wire
            while wire.under_way or not all(wire.idle[name] for name in self._arena.workers):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            # Sweeps go on, and with the next run's jobs there.
            wire.calm()
        for worker in self._arena.workers.values():
            # Of a fault that struck when it had nothing to generate any more.
            worker.recover()

    async def _finish(self, records: Records) -> None:
        if any(fault.kind is Kind.REPEAT_REFUND for fault in self._plan.faults):
            records.hits[Kind.REPEAT_REFUND] += 1
            await self._arena.owner.execute(
                "select private.refund(j) from public.jobs j where id = any ($1::uuid[]) and status <> 'completed'",
                list(self._causes.jobs),
            )
