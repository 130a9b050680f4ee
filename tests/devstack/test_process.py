"""``devstack/process.py``: children that cannot outlive the one that started them."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from devstack.process import Account, spawn, unprivileged_account

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


def _wait_for_text(log: Path, text: str) -> None:
    while text not in log.read_text():
        pass


def test_a_stopped_child_is_gone(tmp_path: Path) -> None:
    child = spawn("sleeper", SLEEP, log=tmp_path / "log")
    child.stop()
    assert child.returncode == -signal.SIGTERM
    assert not psutil.pid_exists(child.process.pid)


def test_stopping_twice_is_no_error(tmp_path: Path) -> None:
    child = spawn("sleeper", SLEEP, log=tmp_path / "log")
    child.stop()
    child.stop()


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    child = spawn("stubborn", STUBBORN, log=tmp_path / "log")
    _wait_for_text(tmp_path / "log", "up")
    child.stop(timeout=0.1)
    assert child.returncode == -signal.SIGKILL


def test_what_a_child_prints_is_in_its_log(tmp_path: Path) -> None:
    child = spawn("talker", [sys.executable, "-c", "print('hello')"], log=tmp_path / "log")
    child.process.wait()
    assert (tmp_path / "log").read_text() == "hello\n"


def test_a_child_sees_only_the_environment_it_is_given(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import os; print(sorted(os.environ))"]
    child = spawn("reader", command, log=tmp_path / "log", env={"LC_ALL": "C", "ONLY": "this"})
    child.process.wait()
    assert (tmp_path / "log").read_text() == "['LC_ALL', 'ONLY']\n"


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_a_child_dies_with_a_killed_parent(tmp_path: Path) -> None:
    parent = tmp_path / "parent.py"
    parent.write_text(
        textwrap.dedent(
            f"""
            import time
            from pathlib import Path
            from devstack.process import spawn
            child = spawn("sleeper", {SLEEP!r}, log=Path({str(tmp_path / "log")!r}))
            print(child.process.pid, flush=True)
            time.sleep(60)
            """
        )
    )
    with subprocess.Popen([sys.executable, str(parent)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = psutil.Process(int(process.stdout.readline()))
        process.kill()
    child.wait(10)
    assert not child.is_running()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_root_starts_a_child_as_nobody() -> None:
    account = unprivileged_account()
    assert isinstance(account, Account)
    result = subprocess.run(
        ["id", "-u"], user=account.uid, group=account.gid, extra_groups=[], capture_output=True, text=True, cwd="/"
    )
    assert int(result.stdout) == account.uid != 0


@pytest.mark.skipif(os.geteuid() == 0, reason="an ordinary user stays who they are")
def test_an_ordinary_user_needs_no_other_account() -> None:
    assert unprivileged_account() is None
