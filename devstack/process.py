"""Child processes that cannot outlive the one that started them."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class Account:
    """An operating-system user to run as."""

    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """``nobody`` when this process is root, because PostgreSQL refuses to run as root; else ``None``."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


@dataclass(slots=True)
class Child:
    """A running part of the stack."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    @property
    def returncode(self) -> int | None:
        return self.process.poll()

    def stop(self, timeout: float = 10.0) -> None:
        """Ask, wait, then kill. Returns when the process is gone."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: Account | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Child:
    """Start a child in a process group of its own (so Ctrl-C reaches only us) that gets ``stop_signal`` when we die.

    Call it from the main thread: Linux sends the death signal when the *thread* that forked ends.
    """
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            process_group=0,
            # Runs after the change of user, which would clear the setting.
            preexec_fn=_die_with_parent(stop_signal),
        )
    return Child(name, process, log, stop_signal)


class StartError(Exception):
    """A part did not start; the message names its log."""


def await_ready(child: Child, is_ready: Callable[[], bool], seconds: float = 30.0) -> Child:
    """The child, once it is ready. Else it is stopped, and ``StartError`` raised."""
    deadline = time.monotonic() + seconds
    try:
        while not is_ready():
            if child.returncode is not None or time.monotonic() > deadline:
                raise StartError(f"{child.name} did not start; its log is {child.log}")
            time.sleep(0.02)
    except BaseException:
        child.stop()
        raise
    return child


def _die_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arm
