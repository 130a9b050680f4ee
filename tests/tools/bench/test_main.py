"""The whole bench in small: every SQL function, message and part that it names is still there."""

import subprocess
import sys
from pathlib import Path

SMALL = """
import sys
from pathlib import Path
from tools.bench import __main__ as bench, attempts, profile, recovery, site, submits
bench.ROOT = Path(sys.argv[1])
site.PAST_JOBS, site.USERS = 10, 20
submits.ROUNDS, submits.ONE_BY_ONE, submits.AT_ONCE = 1, 5, 20
attempts.ROUNDS, attempts.JOBS = 1, 6
profile.ROUNDS, profile.AT_ONCE = 1, 150
# tests/e2e/test_faults.py kills a worker.
recovery.measure = lambda: [1.0]
sys.exit(bench.main())
"""


def test_it_measures_prints_and_writes_every_table(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    result = subprocess.run([sys.executable, "-c", SMALL, str(tmp_path)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    page = (tmp_path / "docs" / "bench.md").read_text()
    titles = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    assert titles == [
        "Goals",
        "Submissions",
        "CPU",
        "A worker's messages",
        "Where the functions' CPU goes",
        "A killed worker",
    ]
    assert all(title in result.stdout for title in titles)
