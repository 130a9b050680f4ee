"""The promises hold under the first seeds; ``make chaos`` goes on from there."""

import json
import subprocess
import sys
from pathlib import Path

RUNS = 50


def test_no_seed_breaks_a_promise(tmp_path: Path) -> None:
    report = tmp_path / "chaos.json"
    command = [sys.executable, "-m", "tests.chaos", "--runs", str(RUNS), "--seed", "1", "--report", str(report)]
    result = subprocess.run(command, capture_output=True, text=True)

    assert result.returncode == 0, result.stdout + result.stderr
    seen = json.loads(report.read_text())
    assert seen["violations"] == {}
    assert seen["runs"] == RUNS
    assert len(seen["faults"]) >= 10
    assert seen["runs_with_a_real_kill"] >= RUNS / 5
    assert seen["jobs"]["completed"] >= RUNS / 2
