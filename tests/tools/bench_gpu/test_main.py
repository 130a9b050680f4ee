"""In its tiny mode everything that a GPU would be timed with runs here."""

import json
from pathlib import Path

import pytest

from tools.bench_gpu.__main__ import main
from tools.bench_gpu.measures import Row
from tools.bench_gpu.report import NOT_MEASURED, as_json, markdown

ROWS = [Row("SDXL 1024², 25 steps", "compiled", 0.912, "s an image", 9.44, "1.0 or less")]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bench") / "figures.json"
    assert main(["--rounds", "1", "--json", str(file)]) == 0
    return file


def test_every_model_and_setting_is_timed(written: Path) -> None:
    figures = json.loads(written.read_text())

    assert {row["model"].split()[0].strip(",") for row in figures["rows"]} == {"SDXL", "Wan", "Qwen"}
    assert all(row["value"] > 0 for row in figures["rows"])
    assert any("start frame" in row["setting"] for row in figures["rows"])


def test_without_a_gpu_the_figures_are_no_measurement(written: Path) -> None:
    figures = json.loads(written.read_text())

    assert (figures["device"], figures["is_measured"]) == ("cpu", False)
    assert all(row["peak_gib"] is None for row in figures["rows"])


def test_the_table_of_a_run_without_a_gpu_says_so_first() -> None:
    assert markdown(ROWS, "cpu", "torch 2").startswith(NOT_MEASURED)


def test_the_table_of_a_gpu_names_it() -> None:
    table = markdown(ROWS, "NVIDIA H200", "torch 2")

    assert table.startswith("On NVIDIA H200, torch 2.")
    assert NOT_MEASURED not in table
    assert "| SDXL 1024², 25 steps | compiled | 0.91 s an image | 9.4 | 1.0 or less |" in table
    assert json.loads(as_json(ROWS, "NVIDIA H200", "torch 2"))["is_measured"] is True
