"""The story: a stack, a user, jobs, bars, pictures, and where the time went."""

import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from supabase import FunctionsError

from devstack.demo.jobs import JOBS
from devstack.demo.montage import write_montage
from devstack.demo.results import Result, clear, download
from devstack.demo.scratch import scratch_project
from devstack.demo.sheet import write_sheet
from devstack.demo.times import note, times_table
from devstack.demo.user import Submission, User, signed_up
from devstack.demo.watch import watch
from devstack.project import Project
from devstack.stack import StackError

OUTPUT: Final = Path("demo-output")
WIDTH: Final = 110
"""Characters a line where there is no terminal to ask."""
LOG_LINES: Final = 20


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _exit)
    is_terminal = sys.stdout.isatty()
    # Colours may be forced upon a log; moving bars never.
    console = Console(
        width=None if is_terminal else WIDTH, force_interactive=None if is_terminal else False, highlight=False
    )
    console.out("Starting the stack: PostgreSQL, PostgREST, Valkey, the functions and a GPU handler …")
    started = time.monotonic()
    try:
        with scratch_project() as project:
            console.out(f"Up after {time.monotonic() - started:.1f} s. Signing up and queueing {len(JOBS)} jobs …")
            return play(project, console)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1


def _exit(number: int, _: Any) -> None:
    """Unlike death by the signal, this leaves every ``with`` in order: the stack and its folder go."""
    sys.exit(128 + number)


def play(project: Project, console: Console) -> int:
    """All jobs of a new user, on a project that runs; 1 where one of them is not completed, else 0."""
    clear(OUTPUT)
    started = time.monotonic()
    with signed_up(project) as user:
        try:
            submissions = [user.submit(job) for job in JOBS]
        except FunctionsError as refusal:
            console.out(f"queue-job refused a job: {refusal}")
            return 1
        results = follow(user, submissions, OUTPUT, console)
    count = sum(len(result.pictures) for result in results)
    console.out(f"{count} pictures and videos in {time.monotonic() - started:.1f} s, the GPU handler's start included.")
    for path in (write_montage(results, OUTPUT), write_sheet(results, OUTPUT)) if count else ():
        console.out(path.resolve())
    if not all(result.row.has_ended for result in results):
        log = project.log("gpu_handler").read_text(errors="replace").splitlines()
        console.out("The GPU handler said last:", *log[-LOG_LINES:], sep="\n")
    return int(any(result.problem for result in results))


def follow(user: User, submissions: Sequence[Submission], folder: Path, console: Console) -> list[Result]:
    """Watch the jobs to their ends, fetch what they made, tell where the time went and what went wrong."""
    rows = watch(lambda: user.rows(submissions), [submission.job for submission in submissions], console)
    results = download(user, submissions, rows, folder)
    console.print(times_table(results), note(results), sep="\n")
    for number, result in enumerate(results, start=1):
        for sentence in filter(None, (*result.row.warnings, result.problem)):
            console.out(f"Job {number}, {result.submission.job.label}: {sentence}")
    return results


if __name__ == "__main__":
    sys.exit(main())
