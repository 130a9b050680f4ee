"""What faults do to processes, to Redis, to Postgres and to time."""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Coroutine
from typing import Any, Final

from redis.exceptions import RedisError

from tests.chaos.arena import QUEUE, Arena
from tests.chaos.calls import Call
from tests.chaos.clock import LEASE_SECONDS, OUTAGE_SECONDS, end_back_offs, pass_outage, pass_time
from tests.chaos.plan import Fault, Kind
from tests.chaos.user import User

HOLD_SECONDS: Final = 3.0
"""The longest that a paused worker or a held upload waits for somebody to overtake it."""
LATE_SECONDS: Final = 0.3
DOWN_SECONDS: Final = 0.1

_DATABASE_USERS: Final = ["postgres", "authenticator", "supabase_storage_admin"]
_OVERTAKEN: Final = """
    select status not in ('queued', 'processing') or attempts > $2 and $3 from public.jobs where id = $1
"""


class RunCauses:
    """``Causes`` of one run."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self.jobs: dict[str, User] = {}
        """Every job that was accepted, and whose it is."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def strike(self, fault: Fault, call: Call) -> None:
        match fault.kind:
            case Kind.KILL_WORKER:
                self._kill(self._sender(call))
            case Kind.STOP_WORKER:
                self._stop(self._sender(call))
            case Kind.PAUSE_WORKER:
                self._pause(self._sender(call), call)
            case Kind.EXHAUST_MEMORY:
                self._exhaust(self._sender(call))
            case Kind.KILL_FUNCTIONS:
                self._kill(call.sender if call.sender in self._arena.functions else self._some_functions())
            case Kind.FLUSH_REDIS:
                await self._flush()
            case Kind.STOP_REDIS:
                await self._arena.restart_valkey()
            case Kind.CUT_POSTGRES:
                await self._cut()
            case Kind.END_LEASES:
                await self.pass_time(LEASE_SECONDS)
                if fault.moment == "before":
                    # The next sweep may come after this call on a busy machine, and the call would renew the lease.
                    await self._arena.owner.fetchval("select public.sweep_jobs()")
            case Kind.OUTAGE:
                self._in_background(self._outage())
                await asyncio.sleep(0)
            case Kind.CANCEL:
                # After: who waits for this reply has been cancelled when it comes. Before: either may be first.
                head_start = 1 if fault.moment == "after" else random.uniform(0, 0.03)
                await asyncio.wait({self._cancel(call)}, timeout=head_start)
            case _:
                pass  # The wire itself, or the run, does the others.

    async def pass_time(self, seconds: float) -> None:
        self._arena.wire.records.leaps += 1
        await pass_time(self._arena.owner, seconds)

    async def until_overtaken(self, call: Call) -> None:
        """The lease of the call's attempt ends, and another attempt completes the job. Or a while goes by."""
        await self._overtake(call, ended=True)

    def functions_port(self) -> int | None:
        return self._arena.functions_port()

    async def list_length(self) -> int:
        try:
            return int(await self._arena.redis.llen(QUEUE))
        except RedisError:
            return 0

    def put_back(self, element: bytes, *, late: bool) -> None:
        async def put() -> None:
            await asyncio.sleep(LATE_SECONDS)
            if not late:
                await self._until_waiting_again(json.loads(element)["id"])
            with contextlib.suppress(RedisError):
                await self._arena.redis.rpush(QUEUE, element)
            self._arena.wire.wake_the_idle()

        self._in_background(put())

    async def settled(self) -> None:
        """Returns when nothing of the faults goes on."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _sender(self, call: Call) -> str | None:
        if call.sender in self._arena.workers:
            return call.sender
        return self._arena.wire.records.workers.get((call.job_id, call.attempt))

    def _some_functions(self) -> str | None:
        return next((name for name, member in self._arena.functions.items() if member.is_alive), None)

    def _kill(self, name: str | None) -> None:
        if name is not None and self._arena.member(name).is_alive:
            self._arena.member(name).kill()
            self._in_background(self._revive(name))

    def _stop(self, name: str | None) -> None:
        if name is not None:
            self._arena.member(name).terminate()
            self._in_background(self._revive(name))

    def _exhaust(self, name: str | None) -> None:
        if name is not None:
            self._arena.member(name).exhaust_memory()

    async def _revive(self, name: str) -> None:
        member = self._arena.member(name)
        deadline = time.monotonic() + 30
        while member.is_alive and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await asyncio.sleep(DOWN_SECONDS)
        member.revive()

    def _pause(self, name: str | None, call: Call) -> None:
        async def wake() -> None:
            await self._overtake(call, ended=False)
            worker.resume()

        if name is not None:
            worker = self._arena.member(name)
            worker.pause()
            self._in_background(wake())

    async def _overtake(self, call: Call, *, ended: bool) -> None:
        # A message that was on its way arrives.
        await asyncio.sleep(0.05)
        owner = self._arena.owner
        attempt = call.attempt or await owner.fetchval("select attempts from public.jobs where id = $1", call.job_id)
        await self.pass_time(LEASE_SECONDS)
        deadline = time.monotonic() + HOLD_SECONDS
        while call.job_id is not None and time.monotonic() < deadline:
            if await owner.fetchval(_OVERTAKEN, call.job_id, attempt, not ended):
                return
            await asyncio.sleep(0.05)
            await end_back_offs(owner)

    async def _until_waiting_again(self, job_id: str) -> None:
        waits = "select status = 'queued' and attempts > 0 from public.jobs where id = $1"
        deadline = time.monotonic() + HOLD_SECONDS / 2
        while time.monotonic() < deadline and not await self._arena.owner.fetchval(waits, job_id):  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    async def _flush(self) -> None:
        with contextlib.suppress(RedisError):
            await self._arena.redis.delete(QUEUE)

    async def _cut(self) -> None:
        self._arena.relay.cut()
        await self._arena.owner.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = any ($1)", _DATABASE_USERS
        )

    async def _outage(self) -> None:
        for name in self._arena.functions:
            member = self._arena.member(name)
            if member.is_alive:
                member.kill()
        await pass_outage(self._arena.owner, OUTAGE_SECONDS)
        await asyncio.sleep(DOWN_SECONDS)
        for name in self._arena.functions:
            self._arena.member(name).revive()

    def _cancel(self, call: Call) -> asyncio.Task[None]:
        async def cancel() -> None:
            # Before the first submission is answered nobody knows an id to cancel.
            while not self.jobs:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            job_id = call.job_id if call.job_id in self.jobs else next(iter(self.jobs))
            await self.jobs[job_id].cancel(job_id)

        return self._in_background(cancel())

    def _in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
