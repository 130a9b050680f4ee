"""The tables, for a terminal and for ``docs/bench.md``."""

import io
import os
import platform
import subprocess
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from tools.bench import attempts, profile, submits
from tools.bench.attempts import STEPS, Attempts
from tools.bench.cpu import FUNCTIONS, LOAD
from tools.bench.functions import DATABASES
from tools.bench.site import PAST_JOBS, USERS
from tools.bench.submits import CONCURRENCY, FLOOR, Submits

GOAL_PER_SECOND: Final = 400
GOAL_TIMES_FLOOR: Final = 3
GOAL_RECOVERY_SECONDS: Final = 20
ROOT: Final = Path(__file__).parents[2]

_HEAD: Final = """# What the functions cost

Written by `make bench`, at commit {commit}, on {cpus} CPUs, Python {python}. Compare rows of one run, never of two:
the stack, the load and whatever else the machine did shared those CPUs.

One functions process answers over HTTP, once with each way to the database and with the shipped limits: {users} users
take turns, a round ends before the queue is full, and the queue is cleared after it. The table of jobs holds {past}
ended ones. The queue's window is set to {window}, so that every submission is pushed; counting what is handed out costs
more than with the shipped one. The **floor** is the same SQL function over one asyncpg connection and the same push in
prepared bytes, one after the other. Rounds of all rows take turns. The gateway (in front of PostgREST and Storage) and
the REST face of Redis are local stand-ins in Python, no part of the product."""
_NAMES: Final = ("", "over", "message")
"""Columns of words."""
_GOALS: Final = (
    "A core allows so many submissions a second as it has time for. The tables below say whose time a submission takes."
)
_CPU: Final = "Milliseconds of one submission."
_ATTEMPTS: Final = (
    "One after the other, with the shipped window of {window}: a claim hands out and pushes the next job, and Storage "
    "signs two upload URLs for it; at the floor too."
)
_AREAS: Final = "Milliseconds of one submission, {concurrency} at once, parted by a sampling profiler in the process."

_RECOVERIES: Final = (
    "From kill -9 in the midst of a job to the next attempt's claim: the rest of a lease of 15 s, a sweep every 2 s, "
    "and a worker that asks an empty queue every 2 s. The stack as `make up` starts it."
)


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured. ``shares`` are by database and area, ``recoveries`` in seconds."""

    submits: Submits
    attempts: Attempts
    shares: Mapping[str, Mapping[str, float]]
    recoveries: Sequence[float]

    def tables(self) -> Iterator[tuple[Table, str]]:
        """Each with what there is to say of it."""
        yield self.goals(), _GOALS
        yield self.submissions(), ""
        yield self.cpu(), _CPU
        yield self.messages(), _ATTEMPTS.format(window=attempts.WINDOW)
        yield self.areas(), _AREAS.format(concurrency=CONCURRENCY)
        yield self.killed_workers(), _RECOVERIES

    def goals(self) -> Table:
        table = _table("Goals", "", *DATABASES)
        at_once = [self.submits[database, CONCURRENCY] for database in DATABASES]
        rates = [series.per_second for series in at_once]
        floors = [self.times_floor(database) for database in DATABASES]
        table.add_row(
            f"at least {GOAL_PER_SECOND} submissions a second, {CONCURRENCY} at once",
            *(_judged(f"{rate:.0f}", reached=rate >= GOAL_PER_SECOND) for rate in rates),
        )
        table.add_row(
            f"at most {GOAL_TIMES_FLOOR} times the floor, one at a time",
            *(_judged(f"{times:.1f}", reached=times <= GOAL_TIMES_FLOOR) for times in floors),
        )
        one_core = [1 / series.cpu_per_call(FUNCTIONS) for series in at_once]
        all_cores = [(os.cpu_count() or 1) / series.all_cpu_per_call for series in at_once]
        table.add_row("a second that one core allows the functions", *(f"{rate:.0f}" for rate in one_core))
        table.add_row("a second that all cores allow the whole stack", *(f"{rate:.0f}" for rate in all_cores))
        return table

    def times_floor(self, database: str) -> float:
        return self.submits[database, 1].percentile(50) / self.submits[FLOOR, 1].percentile(50)

    def submissions(self) -> Table:
        table = _table("Submissions", "over", "at once", "a second", "p50 ms", "p95 ms", "times floor")
        for (name, concurrency), series in self.submits.items():
            times = f"{self.times_floor(name):.1f}" if concurrency == 1 else ""
            taken = [_ms(series.percentile(percent)) for percent in (50, 95)]
            table.add_row(name, str(concurrency), f"{series.per_second:.0f}", *taken, times)
        return table

    def cpu(self) -> Table:
        parts = list(self.submits[FLOOR, 1].cpu)
        table = _table("CPU", "over", "at once", *parts, "load's share")
        for (name, concurrency), series in self.submits.items():
            share = f"{100 * series.cpu_per_call(LOAD) / series.all_cpu_per_call:.0f} %"
            table.add_row(name, str(concurrency), *(_ms(series.cpu_per_call(part)) for part in parts), share)
        return table

    def messages(self) -> Table:
        table = _table("A worker's messages", "message", "over", "p50 ms", "p95 ms", "times floor")
        for step in STEPS:
            floor = self.attempts[FLOOR, step].percentile(50)
            for name in (FLOOR, *DATABASES):
                p50, p95 = (self.attempts[name, step].percentile(percent) for percent in (50, 95))
                table.add_row(step, name, _ms(p50), _ms(p95), f"{p50 / floor:.1f}")
        return table

    def areas(self) -> Table:
        table = _table("Where the functions' CPU goes", "", *DATABASES)
        totals = {database: self.submits[database, CONCURRENCY].cpu_per_call(FUNCTIONS) for database in DATABASES}
        for area in (*profile.AREAS, profile.REST):
            table.add_row(area, *(_ms(self.shares[name][area] * total) for name, total in totals.items()))
        return table

    def killed_workers(self) -> Table:
        table = _table("A killed worker", "", "kills", "median s", "slowest s")
        slowest = max(self.recoveries)
        table.add_row(
            f"its job runs again, within {GOAL_RECOVERY_SECONDS} s",
            str(len(self.recoveries)),
            f"{median(self.recoveries):.1f}",
            _judged(f"{slowest:.1f}", reached=slowest <= GOAL_RECOVERY_SECONDS),
        )
        return table

    def markdown(self) -> str:
        head = _HEAD.format(
            commit=_commit(),
            cpus=os.cpu_count(),
            python=platform.python_version(),
            users=USERS,
            past=PAST_JOBS,
            window=submits.WINDOW,
        )
        parts = [head]
        for table, text in self.tables():
            paragraph = [textwrap.fill(text, 120)] if text else []
            parts += [f"## {table.title}", *paragraph, _markdown(table)]
        return "\n\n".join(parts) + "\n"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, justify="left" if column in _NAMES else "right")
    return table


def _markdown(table: Table) -> str:
    title, table.title, table.box = table.title, None, box.MARKDOWN
    console = Console(file=io.StringIO(), width=1000)
    console.print(table)
    table.title, table.box = title, box.SIMPLE_HEAD
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.strip() for line in console.file.getvalue().splitlines() if line.strip())


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f}"


def _judged(figure: str, *, reached: bool) -> str:
    return f"{figure}, reached" if reached else f"{figure}, not reached"


def _commit() -> str:
    """The short hash, and whether there was more than that."""
    has_changes = _git("status", "--porcelain", "--untracked-files=no")
    return _git("rev-parse", "--short", "HEAD") + (" with changes" if has_changes else "")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
