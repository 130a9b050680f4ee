"""The faults of one run, drawn from its seed."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

from tests.chaos.calls import CLIENT_STEPS, FUNCTION_STEPS, STEPS, WORKER_STEPS

Moment = Literal["before", "after"]


class Kind(StrEnum):
    """What may go wrong at a step, before its effect or between the effect and the reply."""

    LOSE_REQUEST = "lose_request"
    """The connection breaks before the other side has the message."""
    LOSE_REPLY = "lose_reply"
    """The effect happens; its reply is lost."""
    DOUBLE = "double"
    """The message arrives twice, at the same time."""
    REFUSE = "refuse"
    """503 in place of an answer, nothing done."""
    KILL_WORKER = "kill_worker"
    """SIGKILL for the worker that spoke."""
    KILL_FUNCTIONS = "kill_functions"
    """SIGKILL for the functions' process that spoke or was spoken to."""
    STOP_WORKER = "stop_worker"
    """SIGTERM: the worker hands back what it holds."""
    PAUSE_WORKER = "pause_worker"
    """SIGSTOP until its lease has ended and another attempt was claimed, or a while; then SIGCONT."""
    EXHAUST_MEMORY = "exhaust_memory"
    """The generator of the worker that spoke runs out of memory at its next step."""
    FLUSH_REDIS = "flush_redis"
    """Every list is gone."""
    STOP_REDIS = "stop_redis"
    """SIGKILL for Valkey; it comes back empty."""
    CUT_POSTGRES = "cut_postgres"
    """Every connection of the functions, of PostgREST and of Storage breaks, whatever runs on it."""
    DELIVER_TWICE = "deliver_twice"
    """The element that a worker took is in the list again, when its job waits for another attempt or a while later."""
    DELIVER_LATE = "deliver_late"
    """The element lies aside, and comes back when others have overtaken it."""
    END_LEASES = "end_leases"
    """Time passes: more than a lease, with nobody at fault."""
    OUTAGE = "outage"
    """All functions are down for longer than a lease."""
    HOLD_UPLOAD = "hold_upload"
    """The last bytes of an upload arrive when another attempt has completed the job, or after a while."""
    CANCEL = "cancel"
    """The user cancels a job at this step."""
    REPEAT_REFUND = "repeat_refund"
    """Somebody refunds by hand what was refunded already."""


_BEFORE_A_JOB: Final = (*CLIENT_STEPS, "sql:submit_job", "sql:cancel_job")

# Where each kind may strike.
_WHERE: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.LOSE_REQUEST: tuple(step for step in STEPS if step != "take"),
    Kind.LOSE_REPLY: STEPS,
    Kind.DOUBLE: tuple(step for step in STEPS if step != "take"),
    Kind.REFUSE: STEPS,
    Kind.KILL_WORKER: WORKER_STEPS,
    Kind.KILL_FUNCTIONS: (*FUNCTION_STEPS, "submit", "claim", "progress", "end"),
    Kind.STOP_WORKER: WORKER_STEPS,
    Kind.PAUSE_WORKER: WORKER_STEPS,
    Kind.EXHAUST_MEMORY: ("claim", "progress", "upload"),
    Kind.FLUSH_REDIS: ("submit", "push", "rewrite", "claim", "end", "take"),
    Kind.STOP_REDIS: ("submit", "push", "rewrite", "claim", "end", "take"),
    Kind.CUT_POSTGRES: STEPS,
    Kind.DELIVER_TWICE: ("take",),
    Kind.DELIVER_LATE: ("take",),
    Kind.END_LEASES: ("claim", "progress", "upload", "end"),
    Kind.OUTAGE: ("claim", "progress", "upload", "end"),
    Kind.HOLD_UPLOAD: ("upload",),
    # More often where a worker has to be told.
    Kind.CANCEL: (*(step for step in STEPS if step not in _BEFORE_A_JOB), "claim", "claim", "progress"),
    Kind.REPEAT_REFUND: ("finish",),
}
_WEIGHTS: Final[Mapping[Kind, float]] = dict.fromkeys(Kind, 1.0) | {
    Kind.KILL_WORKER: 2.5,
    Kind.KILL_FUNCTIONS: 2.0,
    Kind.OUTAGE: 0.5,
    Kind.CANCEL: 1.5,
}

_CURSE: Final = (Kind.KILL_WORKER, Kind.EXHAUST_MEMORY, Kind.END_LEASES)
"""One of these at each claim ends a job as failed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``kind`` at the ``nth`` passing of ``step``."""

    kind: Kind
    step: str
    nth: int
    moment: Moment


@dataclass(frozen=True)
class Plan:
    """A run: how many jobs of how many images, over how many users, and what happens to them."""

    seed: int
    images: tuple[int, ...]
    users: int
    faults: tuple[Fault, ...] = field(default=())

    @classmethod
    def drawn(cls, seed: int) -> "Plan":
        chance = random.Random(seed)
        users = chance.choice((1, 2))
        if chance.random() < 0.08:
            return cls(seed, (chance.choice((1, 3)),), users, tuple(_curse(chance)))
        images = tuple(chance.choices((1, 3), (4, 1))[0] for _ in range(chance.choices((1, 2, 3, 5), (4, 4, 2, 1))[0]))
        faults = [_draw_fault(chance) for _ in range(chance.choices((1, 2, 3, 4), (3, 4, 2, 1))[0])]
        if any(fault.kind is Kind.CANCEL for fault in faults):
            # The user is impatient: once more, while the worker reports its end.
            faults.append(Fault(Kind.CANCEL, "end", 1, "before"))
        if any(fault.kind is Kind.DELIVER_TWICE for fault in faults) and chance.random() < 0.5:
            # There has to be another attempt to wait for.
            faults.append(Fault(Kind.EXHAUST_MEMORY, "claim", 1, "after"))
        if any(fault.kind is Kind.REPEAT_REFUND for fault in faults):
            # There has to be a refund to repeat.
            faults.append(Fault(Kind.CANCEL, "push", 1, "after"))
        return cls(seed, images, users, tuple(faults))


def _curse(chance: random.Random) -> Iterator[Fault]:
    for nth in range(1, 5):
        yield Fault(chance.choice(_CURSE), chance.choice(("claim", "progress")), nth, "after")


def _draw_fault(chance: random.Random) -> Fault:
    kind = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    moment: Moment = chance.choice(("before", "after"))
    return Fault(kind, chance.choice(_WHERE[kind]), chance.choices((1, 2, 3), (5, 2, 1))[0], moment)
