"""Who uses the CPU: seconds by the part of the stack, since each part started."""

import time
from collections.abc import Mapping, Sequence
from typing import Final

import psutil

from tools.bench.functions import Functions
from tools.bench.stack import Stack

FUNCTIONS: Final = "functions"
LOAD: Final = "load"
"""This process."""

Seconds = Mapping[str, float]


class Meter:
    """``parts`` maps a part's name to its processes; children count as their parents."""

    def __init__(self, parts: Mapping[str, Sequence[psutil.Process]]) -> None:
        self._parts = parts

    @classmethod
    def of(cls, stack: Stack, functions: Mapping[str, Functions]) -> "Meter":
        return cls(
            {
                FUNCTIONS: [each.process for each in functions.values()],
                "Postgres": [stack.part("bin/postgres")],
                "PostgREST": [stack.part("postgrest")],
                "gateway": [stack.part("devstack.serve gateway")],
                "Redis": [stack.part("devstack.serve upstash"), stack.part("valkey-server")],
            }
        )

    def read(self) -> Seconds:
        used = {name: sum(map(_seconds, processes)) for name, processes in self._parts.items()}
        return {**used, LOAD: time.process_time()}

    def since(self, before: Seconds) -> Seconds:
        return {name: seconds - before[name] for name, seconds in self.read().items()}


def _seconds(process: psutil.Process) -> float:
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    # And what children had used that have ended since.
    ended = times[0].children_user + times[0].children_system
    return float(ended + sum(each.user + each.system for each in times))
