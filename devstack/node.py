"""Programs that npm installed."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]


class ProgramError(Exception):
    """The program is not installed, or it failed; the message holds what it said."""


def run(name: str, *arguments: str) -> str:
    """What the program printed, its complaints behind it. Raises ``ProgramError``."""
    result = _run(name, arguments)
    return result.stdout + result.stderr


def output(name: str, *arguments: str) -> str:
    """Only what it printed as its result. Raises ``ProgramError``."""
    return _run(name, arguments).stdout


def _run(name: str, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    program = ROOT / "node_modules" / ".bin" / name
    if not program.exists():
        raise ProgramError(f"{name} is not installed: run 'make setup'.")
    # The virtual environment's own node lies behind the machine's, for a machine that has none.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    result = subprocess.run(
        [str(program), *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": path, "SUPABASE_TELEMETRY_DISABLED": "1", "NO_COLOR": "1", "PGSSLMODE": "disable"},
    )
    if result.returncode != 0:
        raise ProgramError((result.stdout + result.stderr).strip())
    return result
