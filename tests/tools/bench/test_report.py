"""The tables, from rounds that nobody had to run."""

import io

import pytest
from rich.console import Console

from tools.bench.attempts import STEPS
from tools.bench.figures import Round, Series
from tools.bench.functions import DATABASES
from tools.bench.profile import AREAS, REST
from tools.bench.report import Report
from tools.bench.submits import CONCURRENCY, FLOOR


def series(seconds: float, calls: int = 10) -> Series:
    """Calls of so many seconds each, one after the other."""
    one = Series()
    cpu = {"functions": seconds * calls / 2, "Postgres": seconds * calls / 4, "load": seconds * calls / 4}
    one.add(Round(seconds * calls, [seconds] * calls), cpu)
    return one


@pytest.fixture
def report() -> Report:
    submits = {(FLOOR, 1): series(0.002)}
    for database, seconds in zip(DATABASES, (0.005, 0.009), strict=True):
        submits |= {(database, 1): series(seconds), (database, CONCURRENCY): series(seconds / 2)}
    attempts = {(name, step): series(0.001 + 0.001 * n) for n, name in enumerate((FLOOR, *DATABASES)) for step in STEPS}
    shares = dict.fromkeys((*AREAS, REST), 0.0) | {"the content policy": 0.25, REST: 0.75}
    return Report(submits, attempts, dict.fromkeys(DATABASES, shares), [15.0, 16.5, 17.0])


def lines(report: Report, start: str) -> list[list[str]]:
    """The cells of each row of the markdown that begins so."""
    rows = [line for line in report.markdown().splitlines() if line.startswith(f"| {start} ")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_goals_are_judged(report: Report) -> None:
    assert lines(report, "at least 400")[0][1:] == ["400, reached", "222, not reached"]
    assert lines(report, "at most 3 times")[0][1:] == ["2.5, reached", "4.5, not reached"]


def test_the_functions_cpu_says_what_one_core_allows(report: Report) -> None:
    assert lines(report, "a second that one core")[0][1:] == ["800", "444"]


def test_a_submission_is_told_in_milliseconds_and_times_the_floor(report: Report) -> None:
    assert lines(report, "floor")[0] == ["floor", "1", "500", "2.00", "2.00", "1.0"]
    assert lines(report, "asyncpg")[0] == ["asyncpg", "1", "200", "5.00", "5.00", "2.5"]


def test_only_one_at_a_time_is_compared_with_the_floor(report: Report) -> None:
    assert lines(report, "asyncpg")[1] == ["asyncpg", str(CONCURRENCY), "400", "2.50", "2.50", ""]


def test_cpu_is_told_by_part_with_the_load_s_share(report: Report) -> None:
    assert lines(report, "floor")[1] == ["floor", "1", "1.00", "0.50", "0.50", "25 %"]


def test_each_message_is_compared_with_its_own_floor(report: Report) -> None:
    assert lines(report, "claim") == [
        ["claim", "floor", "1.00", "1.00", "1.0"],
        ["claim", "asyncpg", "2.00", "2.00", "2.0"],
        ["claim", "PostgREST", "3.00", "3.00", "3.0"],
    ]


def test_an_area_is_its_share_of_the_cpu_time_at_once(report: Report) -> None:
    assert lines(report, "the content policy")[0][1:] == ["0.31", "0.56"]


def test_the_slowest_recovery_is_judged(report: Report) -> None:
    assert lines(report, "its job runs again, within 20 s")[0][1:] == ["3", "16.5", "17.0, reached"]


def test_the_page_names_commit_and_machine_but_no_path(report: Report) -> None:
    head = report.markdown().split("\n\n")[1]
    assert "commit" in head
    assert "CPUs, Python 3." in head
    assert "/" not in head.replace("`make bench`", "")


def test_the_same_tables_are_for_a_terminal(report: Report) -> None:
    console = Console(file=io.StringIO(), width=130)
    for table, _ in report.tables():
        console.print(table)
    assert isinstance(console.file, io.StringIO)
    assert "400, reached" in console.file.getvalue()
