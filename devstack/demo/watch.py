"""Jobs on their way: a bar each on a terminal, a line for each change of status elsewhere."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from devstack.demo.jobs import Job
from devstack.demo.rows import JobRow

POLL_SECONDS: Final = 0.2
STALL_SECONDS: Final = 180.0
"""When nothing has moved for so long, nobody is working."""

Show = Callable[[Sequence[JobRow]], None]


def watch(poll: Callable[[], list[JobRow]], jobs: Sequence[Job], console: Console) -> list[JobRow]:
    """Show the jobs until all have ended, or nothing moves any more; their last rows."""
    labels = [f"{number} {job.label}" for number, job in enumerate(jobs, start=1)]
    with (_bars if console.is_interactive else _lines)(labels, console) as show:
        rows, moved = poll(), time.monotonic()
        while True:
            show(rows)
            if all(row.has_ended for row in rows) or time.monotonic() - moved > STALL_SECONDS:
                return rows
            time.sleep(POLL_SECONDS)
            before, rows = rows, poll()
            if rows != before:
                moved = time.monotonic()


def stage(row: JobRow, rows: Sequence[JobRow]) -> str:
    """What the job is at; while it waits, its place in line among ``rows``."""
    if row.status != "queued":
        return row.stage
    ahead = sum(other.status == "queued" and other.created_at < row.created_at for other in rows)
    return f"queued, {ahead} ahead" if ahead else "queued, next"


@contextmanager
def _bars(labels: Sequence[str], console: Console) -> Iterator[Show]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TextColumn("{task.fields[stage]}", markup=False),
    )
    with Progress(*columns, console=console) as progress:
        tasks = [progress.add_task(label, total=1.0, stage="queued") for label in labels]

        def show(rows: Sequence[JobRow]) -> None:
            for task, row in zip(tasks, rows, strict=True):
                progress.update(task, completed=row.progress, stage=stage(row, rows))

        yield show


@contextmanager
def _lines(labels: Sequence[str], console: Console) -> Iterator[Show]:
    started = time.monotonic()
    shown = [""] * len(labels)

    def show(rows: Sequence[JobRow]) -> None:
        for index, row in enumerate(rows):
            if row.status != shown[index]:
                text = stage(row, rows) if row.status == "queued" else row.status
                console.out(f"{time.monotonic() - started:6.1f} s  {labels[index]}: {text}")
                shown[index] = row.status

    yield show
