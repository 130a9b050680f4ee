"""Where the time of a job went."""

import io

import pytest
from rich.console import Console

from devstack.demo.jobs import Job
from devstack.demo.rows import JobRow
from devstack.demo.times import COLUMNS, Times, cells, note, times_table
from tests.fixtures.demo import JOB, completed_row, result, row, worker

BATCH = Job("three", "a green ring", seed=7, num_images=3)


def test_a_single_picture_s_times_add_up() -> None:
    times = Times.of(result())
    assert times == Times(submit=0.25, wait=2.0, load=0.5, generate=1.5, upload=0.75, callback=1.25, total=6.0)
    assert times.wait + times.load + times.generate + times.upload + times.callback == times.total


def test_a_stage_that_did_not_happen_took_no_time() -> None:
    """Every output was there already when the attempt began."""
    times = Times.of(result(job_row=completed_row(metadata={"worker": worker({})})))
    assert times is not None
    assert (times.load, times.generate, times.upload, times.callback) == (0, 0, 0, 4)


def test_two_clocks_that_disagree_make_no_negative_time() -> None:
    stages = {"generate": 4.25}
    times = Times.of(result(job_row=completed_row(metadata={"worker": worker(stages)})))
    assert times is not None
    assert times.callback == 0


@pytest.mark.parametrize(
    "ending",
    [
        row(status="cancelled", completed_at=3),
        row(status="failed", started_at=1, completed_at=3, error_code="generation_failed", error_message="It broke."),
        row(status="processing", started_at=1),
    ],
    ids=lambda ending: ending.status,
)
def test_nobody_knows_where_the_time_of_a_job_went_that_was_not_completed(ending: JobRow) -> None:
    times = Times.of(result(job_row=ending))
    assert times is None
    assert set(cells(times)) == {"-"}


def test_the_table_has_a_line_for_every_job_and_a_column_for_every_time() -> None:
    console = Console(file=io.StringIO(), width=110)
    console.print(times_table([result(JOB), result(BATCH, row(status="cancelled", completed_at=3))]))
    assert isinstance(console.file, io.StringIO)
    lines = [line.split() for line in console.file.getvalue().splitlines()]
    assert ["job", *COLUMNS] in lines
    assert ["1", "red", "star", "on", "blue", "0.25", "2.00", "0.50", "1.50", "0.75", "1.25", "6.00"] in lines
    assert ["2", "green", "ring", "x", "3", *["-"] * len(COLUMNS)] in lines


def test_the_note_tells_how_long_the_model_took_to_load() -> None:
    assert "before it took its first job, sdxl_shapes in 2.50:" in note([result(JOB), result(BATCH)])


def test_the_note_invents_no_time_where_no_worker_told_one() -> None:
    assert "first job, -:" in note([result(job_row=row(status="cancelled", completed_at=3))])
