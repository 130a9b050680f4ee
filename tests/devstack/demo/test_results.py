"""Rows and pictures of the demo's jobs."""

from pathlib import Path

import pytest

from devstack.demo.results import clear, file_name
from devstack.demo.rows import JobRow
from tests.fixtures.demo import completed_row, result, row


@pytest.mark.parametrize(
    ("number", "name", "seed", "file"),
    [
        (1, "red star on blue", 7, "01-red-star-on-blue-seed-7.png"),
        (12, "yellow circle on purple, left", 0, "12-yellow-circle-on-purple-left-seed-0.png"),
        (3, "../Étoile & <b>", 5, "03-toile-b-seed-5.png"),
        (4, "star " * 200, 5, f"04-{'-'.join(['star'] * 12)}-seed-5.png"),
    ],
)
def test_a_file_is_named_for_its_prompt_and_seed(number: int, name: str, seed: int, file: str) -> None:
    assert file_name(number, name, seed) == file


def test_only_what_a_demo_made_is_cleared_away(tmp_path: Path) -> None:
    names = [file_name(1, "red star", 7), file_name(2, "ring", 8, ".mp4"), file_name(2, "ring", 8, ".webp")]
    made = [*names, "index.html", "sheet.png"]
    others = ["notes.txt", "holiday.png", "01-red.png", "index.html.old"]
    for name in (*made, *others):
        (tmp_path / name).touch()
    clear(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(others)


def test_a_folder_that_is_not_there_is_clear(tmp_path: Path) -> None:
    clear(tmp_path / "none")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("ending", "problem"),
    [
        (completed_row(), None),
        (
            row(status="failed", completed_at=3, error_code="out_of_memory", error_message="Too big."),
            "failed (out_of_memory): Too big.",
        ),
        (
            row(status="cancelled", completed_at=3, error_code="cancelled", error_message="The job was cancelled."),
            "cancelled (cancelled): The job was cancelled.",
        ),
        (row(status="processing", stage="generating", started_at=1), "not ended, but generating"),
    ],
    ids=lambda value: value.status if isinstance(value, JobRow) else "",
)
def test_a_job_without_pictures_has_a_problem(ending: JobRow, problem: str | None) -> None:
    assert result(job_row=ending).problem == problem
