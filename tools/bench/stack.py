"""A stack of the bench's own, and nothing of it left afterwards."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Stack:
    """``env`` is what the stack tells a script: URLs and keys."""

    folder: Path
    env: Mapping[str, str]
    supervisor: psutil.Process

    def part(self, words: str) -> psutil.Process:
        """The part whose command line holds these words."""
        (found,) = [part for part in self.supervisor.children() if words in " ".join(part.cmdline())]
        return found


@contextmanager
def scratch_stack(*flags: str) -> Iterator[Stack]:
    """``flags`` are of ``python -m devstack run``. Raises ``RuntimeError`` where the stack does not come up."""
    # The unprivileged account that runs PostgreSQL for root has to reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="ourvidz-bench-", dir="/var/tmp" if os.geteuid() == 0 else None))  # noqa: S108
    folder.chmod(0o755)
    command = [sys.executable, "-m", "devstack", "run", "--folder", str(folder), "--port", "free", *flags]
    with (folder / "supervisor.out").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0)
    try:
        while not (folder / "env").exists():
            if process.poll() is not None:
                raise RuntimeError((folder / "supervisor.out").read_text(errors="replace").strip())
            time.sleep(0.05)
        yield Stack(folder, _env(folder / "env"), psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
        shutil.rmtree(folder)


def _env(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


@contextmanager
def asleep(functions: psutil.Process) -> Iterator[None]:
    """The stack's own functions: their sweep would rewrite the lists in the midst of a round."""
    functions.suspend()
    try:
        yield
    finally:
        functions.resume()
