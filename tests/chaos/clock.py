"""Time passes: every clock that the database compares with is turned back by as much.

So a run need not wait for a lease of 15 seconds. The workers' own clocks are not turned: to them the database is ahead,
which no worker may notice.
"""

from typing import Any, Final

LEASE_SECONDS: Final = 16.0
"""A little more than one lease."""
OUTAGE_SECONDS: Final = 30.0


_LEASES: Final = """
    update public.job_leases
    set expires_at = expires_at - $1 * interval '1 second', claimed_at = claimed_at - $1 * interval '1 second'
    where job_id in (select job_id from public.job_leases for update skip locked)
"""
_BACK_OFFS: Final = """
    update public.jobs set not_before = not_before - $1 * interval '1 second'
    where id in (select id from public.jobs where not_before is not null for update skip locked)
"""


async def pass_time(owner: Any, seconds: float) -> None:
    await owner.execute(_LEASES, seconds)
    await owner.execute(_BACK_OFFS, seconds)


async def pass_outage(owner: Any, seconds: float) -> None:
    """Time in which nobody swept. A sweep that was asked for before comes before it or after it, not in between."""
    async with owner.acquire() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(hashtext('public.sweep_jobs'))")
        await pass_time(connection, seconds)
        await connection.execute("update public.sweeps set last_run = last_run - $1 * interval '1 second'", seconds)


async def end_back_offs(owner: Any) -> None:
    """Only what waits to be tried again is spared the wait; leases go on."""
    await owner.execute(_BACK_OFFS, LEASE_SECONDS)
