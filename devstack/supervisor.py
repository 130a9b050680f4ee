"""One process that owns the stack of one folder, in the foreground or behind ``make up``."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final, Self

from devstack.project import Project
from devstack.stack import Stack

STOP_SECONDS: Final = 60.0


class Lock:
    """Held by the supervisor as long as it lives: the kernel frees it, so no stale pid file can ever lie.

    The file says the supervisor's process id.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / "supervisor.pid").open("a+")

    def acquire(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self._file.seek(0)
        self._file.truncate()
        self._file.write(str(os.getpid()))
        self._file.flush()
        return True

    def holder(self) -> int | None:
        """The process id of the supervisor that runs, if one does."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            return int(self._file.read() or 0) or None
        fcntl.flock(self._file, fcntl.LOCK_UN)
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


class _Stopped(BaseException):
    """A signal asked us to stop, wherever we were."""


def run(project: Project, *, with_worker: bool) -> None:
    """Start the stack, write its ``env`` file, watch it until SIGTERM, SIGINT or SIGHUP, stop it.

    The ``env`` file is there exactly while the stack is up.
    """
    stack = Stack(project, with_worker=with_worker)
    env_file = project.folder / "env"
    env_file.unlink(missing_ok=True)
    _on_signals(_raise_stopped)
    try:
        stack.start()
        env = "".join(f"{name}={value}\n" for name, value in project.public_env().items())
        _write_secret(env_file, env)
        print("ready", flush=True)
        stack.watch()
    except _Stopped:
        print("stopped", flush=True)
    finally:
        _on_signals(signal.SIG_IGN)
        env_file.unlink(missing_ok=True)
        stack.stop()


def running(folder: Path) -> int | None:
    """The process id of the folder's supervisor, if one runs."""
    with Lock(folder) as lock:
        return lock.holder()


def launch(folder: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start a supervisor that outlives this process."""
    log = folder / "logs" / "supervisor.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as sink:
        return subprocess.Popen(
            [sys.executable, "-m", "devstack", "run", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def stop(folder: Path) -> bool:
    """Ask the folder's supervisor to stop and wait for it; whether one was running."""
    with Lock(folder) as lock:
        holder = lock.holder()
        if holder is None:
            return False
        os.kill(holder, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while lock.holder() is not None:
            if time.monotonic() > deadline:
                os.kill(holder, signal.SIGKILL)
            time.sleep(0.05)
        return True


def _raise_stopped(*_: object) -> None:
    raise _Stopped


def _on_signals(handler: Any) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, handler)


def _write_secret(path: Path, text: str) -> None:
    """Whole or not at all, and readable by its owner only."""
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(text)
    part.rename(path)
