"""The protections, each of which can be taken out of an arena: then the runs must find something.

The functions are changed in the arena's database, by their text as it stands there; the product has no switch.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from tests.chaos.arena import Arena
from tests.chaos.calls import STEPS
from tests.chaos.clock import LEASE_SECONDS, pass_time
from tests.chaos.plan import Kind, Plan
from tests.chaos.processes import Body, serve_functions


@dataclass(frozen=True)
class Protection:
    """Where it stands, what is left when it is cut, and which faults it is there for."""

    kinds: frozenset[Kind]
    steps: frozenset[str] = frozenset({*STEPS, "finish"})
    edits: tuple[tuple[str, str, str], ...] = ()
    """SQL function, a part of its text, and what to put there instead."""
    dropped_index: str | None = None
    functions: Body = field(default=serve_functions)

    def is_tried_by(self, plan: Plan) -> bool:
        return any(fault.kind in self.kinds and fault.step in self.steps for fault in plan.faults)


def serve_with_one_path_for_all_attempts() -> None:
    """The functions, signing the first attempt's paths for every attempt."""
    from functions.job_callback import claim

    output_path, thumbnail_path = claim.output_path, claim.thumbnail_path
    claim.output_path = lambda user, job, _, *rest: output_path(user, job, 1, *rest)  # type: ignore[assignment]
    claim.thumbnail_path = lambda user, job, _, *rest: thumbnail_path(user, job, 1, *rest)  # type: ignore[assignment]
    serve_functions()


PROTECTIONS: Final[Mapping[str, Protection]] = MappingProxyType(
    {
        "fence": Protection(
            frozenset({Kind.PAUSE_WORKER, Kind.HOLD_UPLOAD}),
            edits=(
                ("private.refuse_attempt", "p_job.attempts <> p_attempt", "false"),
                ("private.refuse_attempt", "and attempt = p_attempt", ""),
            ),
        ),
        "hand-out number": Protection(
            frozenset({Kind.DELIVER_TWICE}),
            edits=(("public.claim_job", "(p_handout <> v_job.handout or v_job.handed_out_at is null)", "false"),),
        ),
        "refund index": Protection(frozenset({Kind.REPEAT_REFUND}), dropped_index="usage_logs_one_refund"),
        "lock order": Protection(
            frozenset({Kind.CANCEL}),
            frozenset({"claim"}),
            edits=(
                (
                    "public.cancel_job",
                    "begin\n",
                    "begin perform from public.profiles where id = p_user_id for update; perform pg_sleep(0.05);\n",
                ),
            ),
        ),
        "tolerant lease": Protection(
            frozenset({Kind.END_LEASES, Kind.PAUSE_WORKER}),
            edits=(("private.refuse_attempt", "and attempt = p_attempt", "and attempt = p_attempt and not has_ended"),),
        ),
        "attempt in the path": Protection(
            frozenset({Kind.HOLD_UPLOAD}),
            edits=(("private.is_output_path", "p_attempt || '-'", "'1-'"),),
            functions=serve_with_one_path_for_all_attempts,
        ),
        "list rewrite": Protection(
            frozenset({Kind.FLUSH_REDIS, Kind.STOP_REDIS, Kind.KILL_WORKER}),
            edits=(("public.sweep_jobs", "'lists', v_lists", "'lists', '{}'::jsonb"),),
        ),
    }
)


@asynccontextmanager
async def without(arena: Arena, protection: Protection) -> AsyncIterator[None]:
    """The arena with this protection cut out; as before afterwards, but for what the runs broke."""
    undo = [await _edit(arena.owner, *edit) for edit in protection.edits]
    if protection.dropped_index is not None:
        undo.append(await _drop(arena.owner, protection.dropped_index))
    if protection.functions is not serve_functions:
        await arena.restart_functions(protection.functions)
    try:
        yield
    finally:
        for definition in reversed(undo):
            await arena.owner.execute(definition)
        if protection.functions is not serve_functions:
            await arena.restart_functions(serve_functions)
        await _until_empty(arena)


async def _drop(owner: Any, index: str) -> str:
    """What makes the index again, once the doubles that came meanwhile are gone."""
    definition = await owner.fetchval("select pg_get_indexdef($1::regclass)", f"public.{index}")
    await owner.execute(f"drop index public.{index}")
    doubles = """
        delete from public.usage_logs a using public.usage_logs b
        where a.job_id = b.job_id and a.action = b.action and a.id > b.id
    """
    return f"{doubles}; {definition}"


async def _until_empty(arena: Arena) -> None:
    """What the runs left unfinished is finished now."""
    arena.start_members()
    async with asyncio.timeout(60):
        while await arena.owner.fetchval("select count(*) from public.jobs where completed_at is null"):
            await pass_time(arena.owner, LEASE_SECONDS)
            await asyncio.sleep(0.3)


async def _edit(owner: Any, function: str, part: str, put: str) -> str:
    """Replaces the first such part; the function's text from before."""
    definition: str = await owner.fetchval("select pg_get_functiondef($1::regproc)", function)
    assert part in definition, f"{function} has no {part!r} any more"
    await owner.execute(definition.replace(part, put, 1))
    return definition
