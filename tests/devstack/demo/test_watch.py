"""Bars and lines, fed by scripted rows."""

import io
import re
from collections.abc import Callable, Sequence

import pytest
from rich.console import Console

from devstack.demo import watch as watching
from devstack.demo.jobs import Job
from devstack.demo.rows import JobRow
from devstack.demo.watch import stage, watch
from tests.fixtures.demo import JOB, completed_row, row

UP = "\x1b[1A\x1b[2K"
"""To the line above, and wipe it."""
OTHER = Job("another", "a [green] ring", seed=7, num_images=3)


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.0)


def _polls(*answers: Sequence[JobRow]) -> Callable[[], list[JobRow]]:
    """The answers one after the other; it fails where more are asked for."""
    left = iter(answers)
    return lambda: list(next(left))


def _paper() -> Console:
    return Console(file=io.StringIO(), width=100)


def _terminal() -> Console:
    return Console(file=io.StringIO(), width=100, force_terminal=True, force_interactive=True, color_system=None)


def _said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_it_watches_until_every_job_has_ended() -> None:
    rows = _polls([row(), row()], [completed_row(), row()], [completed_row(), row(status="failed", completed_at=3)])
    assert [ended.status for ended in watch(rows, [JOB, OTHER], _paper())] == ["completed", "failed"]


def test_a_log_gets_a_line_for_each_change_of_status_and_no_more() -> None:
    console = _paper()
    working = {"status": "processing", "started_at": 1}
    watch(
        _polls(
            [row()],
            [row()],
            [row(**working, stage="starting")],
            [row(**working, stage="generating", progress=0.5)],
            [row(**working, stage="generating", progress=0.8)],
            [completed_row()],
        ),
        [JOB],
        console,
    )
    said = [line.split(" s  ")[1] for line in _said(console).splitlines()]
    assert said == [
        "1 red star on blue: queued, next",
        "1 red star on blue: processing",
        "1 red star on blue: completed",
    ]


def test_a_log_is_plain_text() -> None:
    console = _paper()
    watch(_polls([row()], [completed_row()]), [OTHER], console)
    assert "1 [green] ring x 3: completed" in _said(console)
    assert _said(console).replace("\n", "").isprintable()


def test_a_terminal_gets_one_bar_a_job_redrawn_in_place() -> None:
    console = _terminal()
    half = row(status="processing", stage="generating", progress=0.5, started_at=1)
    watch(_polls([half, row()], [completed_row(), completed_row()]), [JOB, OTHER], console)
    *_, last_frame = _said(console).split(UP)
    first, second, _ = last_frame.splitlines()
    assert re.fullmatch(r"1 red star on blue +━+ 100% completed *", first)
    assert re.fullmatch(r"2 \[green\] ring x 3 +━+ 100% completed *", second)
    assert _said(console).count(UP) >= 1


def test_a_bar_stands_where_its_row_does() -> None:
    console = _terminal()
    half = row(status="processing", stage="generating", progress=0.5, started_at=1)
    watch(_polls([half], [half.model_copy(update={"completed_at": half.created_at})]), [JOB], console)
    assert " 50% generating" in _said(console)


def test_it_gives_up_when_nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "STALL_SECONDS", 0.0)
    waiting = row()
    assert watch(lambda: [waiting], [JOB], _paper()) == [waiting]


def test_a_waiting_job_is_told_its_place_in_line() -> None:
    running = row(status="processing", stage="generating", created_at="2026-11-21T12:00:00+00:00")
    waiting = [row(created_at=f"2026-11-21T12:00:0{second}+00:00") for second in (3, 1, 2)]
    rows = [running, *waiting]
    assert [stage(each, rows) for each in rows] == ["generating", "queued, 2 ahead", "queued, next", "queued, 1 ahead"]
