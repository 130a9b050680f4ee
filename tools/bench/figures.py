"""Rounds of calls, and what is told of them. All times are in seconds."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Round:
    """Calls that ran in one go: the time for all, and for each."""

    seconds: float
    taken: Sequence[float]


@dataclass(slots=True)
class Series:
    """The rounds of one thing that is measured, and the CPU time they cost, by the part that used it."""

    rounds: list[Round] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)

    def add(self, one: Round, cpu: Mapping[str, float]) -> None:
        self.rounds.append(one)
        for part, seconds in cpu.items():
            self.cpu[part] = self.cpu.get(part, 0.0) + seconds

    @property
    def taken(self) -> list[float]:
        return [each for one in self.rounds for each in one.taken]

    @property
    def per_second(self) -> float:
        return len(self.taken) / sum(one.seconds for one in self.rounds)

    def percentile(self, percent: float) -> float:
        return percentile(self.taken, percent)

    def cpu_per_call(self, part: str) -> float:
        return self.cpu[part] / len(self.taken)

    @property
    def all_cpu_per_call(self) -> float:
        return sum(self.cpu.values()) / len(self.taken)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent of all are not above (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
