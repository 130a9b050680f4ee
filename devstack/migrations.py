"""``supabase db push``: the project's migrations, applied by the same tool as on a hosted project."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from devstack.postgrest import NODE_MODULES

ROOT: Final = Path(__file__).parents[1]


class MigrationError(Exception):
    """A migration was refused, or the Supabase CLI is not installed; the message holds what it said."""


def push(database_url: str) -> str:
    """Apply what is new; what the CLI printed."""
    program = NODE_MODULES / ".bin" / "supabase"
    if not program.exists():
        raise MigrationError("The Supabase CLI is not installed: run 'make setup'.")
    result = subprocess.run(
        [str(program), "db", "push", "--db-url", database_url, "--yes", "--workdir", str(ROOT)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": _path(), "SUPABASE_TELEMETRY_DISABLED": "1", "NO_COLOR": "1"},
    )
    output = result.stdout + result.stderr
    if result.returncode != 0:
        raise MigrationError(output.strip())
    return output


def _path() -> str:
    """With the virtual environment's own node behind the machine's, for a machine that has none."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
