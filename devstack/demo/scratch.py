"""A stack of the demo's own, and nothing of it left afterwards."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devstack.process import spawn
from devstack.project import Project
from devstack.stack import StackError
from devstack.supervisor import STOP_SECONDS


@contextmanager
def scratch_project() -> Iterator[Project]:
    """The running project. Raises ``StackError`` with the supervisor's log where it does not come up."""
    # The unprivileged account that runs PostgreSQL for root has to reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="ourvidz-demo-", dir="/var/tmp" if os.geteuid() == 0 else None))  # noqa: S108
    folder.chmod(0o755)
    command = [sys.executable, "-m", "devstack", "run", "--folder", str(folder), "--port", "free"]
    supervisor = spawn("supervisor", command, log=folder / "supervisor.out", env=os.environ)
    try:
        while not (folder / "env").exists():
            if supervisor.returncode is not None:
                raise StackError(supervisor.log.read_text(errors="replace").strip())
            time.sleep(0.05)
        yield Project.load(folder)
    finally:
        supervisor.stop(STOP_SECONDS)
        shutil.rmtree(folder)
