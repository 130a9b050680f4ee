"""Many runs in several arenas, and what they came to."""

import asyncio
import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import aiohttp

from tests.chaos.arena import opened_arena
from tests.chaos.logs import Logs
from tests.chaos.plan import Kind, Plan
from tests.chaos.records import timeline
from tests.chaos.run import Outcome, Run

KILLS: Final = {Kind.KILL_WORKER, Kind.KILL_FUNCTIONS, Kind.STOP_REDIS, Kind.OUTAGE}


class Campaign:
    def __init__(self, seeds: range) -> None:
        self.seeds = seeds
        self.violations: dict[int, tuple[str, ...]] = {}
        self.done = 0
        self._last = seeds[0]
        self._hits: Counter[str] = Counter()
        self._steps: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._with_kills = 0
        self._started = time.monotonic()

    async def run(self, arenas: int) -> None:
        seeds = iter(self.seeds)
        await asyncio.gather(*(self._serve(seeds) for _ in range(arenas)))
        print(json.dumps(self.summary(), indent=2))

    def summary(self) -> dict[str, Any]:
        return {
            "commit": _commit(),
            "seeds": {"first": self.seeds[0], "last": self._last},
            "runs": self.done,
            "violations": {str(seed): sentences for seed, sentences in self.violations.items()},
            "runs_with_a_real_kill": self._with_kills,
            "faults": dict(sorted(self._hits.items())),
            "steps": dict(sorted(self._steps.items())),
            "jobs": dict(sorted(self._statuses.items())),
            "seconds": round(time.monotonic() - self._started),
        }

    def write(self, report: Path) -> None:
        report.write_text(json.dumps(self.summary(), indent=2) + "\n")

    async def _serve(self, seeds: Iterator[int]) -> None:
        async with opened_arena() as arena, aiohttp.ClientSession() as http:
            logs = Logs(arena)
            for seed in seeds:
                self._note(await Run(arena, http, logs, Plan.drawn(seed)).outcome())

    def _note(self, outcome: Outcome) -> None:
        self.done += 1
        self._last = max(self._last, outcome.plan.seed)
        self._hits.update(outcome.records.hits)
        self._steps.update(outcome.records.steps)
        self._statuses.update(outcome.statuses)
        self._with_kills += any(outcome.records.hits[kind] for kind in KILLS)
        if outcome.violations:
            self.violations[outcome.plan.seed] = outcome.violations
            lines = (f"seed {outcome.plan.seed}: {outcome.plan}", *outcome.violations, *timeline(outcome.records))
            print(*lines, sep="\n  ", flush=True)
        if self.done % 100 == 0:
            print(f"{self.done} of {len(self.seeds)} runs, {len(self.violations)} with violations", flush=True)


def _commit() -> str:
    return subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
