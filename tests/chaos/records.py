"""What was seen on the wire during one run, for the judgement afterwards."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.chaos.calls import Call


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call that was forwarded, and the answer that came, whether it was passed on or not."""

    call: Call
    sent_at: datetime
    answered_at: datetime
    status: int
    body: bytes

    @property
    def answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.body)
        return answer

    @property
    def is_heard(self) -> bool:
        """The attempt's word counted: neither refused nor skipped because the job had ended."""
        return self.status == 200 and not self.answer.get("skipped")

    @property
    def code(self) -> str | None:
        """Of the error, where it is one of ours."""
        try:
            code: str | None = self.answer.get("code")
        except (ValueError, AttributeError):
            return None
        return code or ("skipped" if self.answer.get("skipped") else None)


@dataclass
class Records:
    exchanges: list[Exchange] = field(default_factory=list)
    hits: Counter[str] = field(default_factory=Counter)
    """Faults that struck, by kind."""
    steps: Counter[str] = field(default_factory=Counter)
    """Faults that struck, by step."""
    workers: dict[tuple[str | None, int | None], str] = field(default_factory=dict)
    """Who was granted which attempt at which job."""
    longest_list: int = 0
    most_pushes: int = 0
    """Elements under way at the same time."""
    injected: int = 0
    """Elements that a fault put into a list."""
    leaps: int = 0
    """How often a lease's time passed at once."""
    ends: dict[tuple[str | None, int | None], datetime] = field(default_factory=dict)
    """When the first end of an attempt was sent on."""

    def send(self, call: Call) -> datetime:
        """The call is sent on now."""
        if call.step == "end":
            self.ends.setdefault((call.job_id, call.attempt), now())
        return now()

    def add(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        call = exchange.call
        if call.step == "claim" and exchange.is_heard and call.sender is not None:
            self.workers[call.job_id, exchange.answer["attempt"]] = call.sender

    def named(self, *steps: str) -> Iterator[Exchange]:
        return (exchange for exchange in self.exchanges if exchange.call.step in steps)


def timeline(records: Records) -> list[str]:
    """What passed, one line each, in the order of the answers; for whoever looks into a failure."""
    return [
        f"{exchange.sent_at:%T.%f} {exchange.call.sender or '-':3} {exchange.call.step:20} {exchange.status} "
        f"job {exchange.call.job_id} attempt {exchange.call.attempt} hand-out {exchange.call.handout} {exchange.code}"
        for exchange in records.exchanges
        if exchange.call.step not in ("take", "sql:sweep_jobs")
    ]


def now() -> datetime:
    return datetime.now(UTC)
