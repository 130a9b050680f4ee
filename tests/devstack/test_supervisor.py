"""``python -m devstack up|down|reset``, as ``make`` calls it: nothing is left behind, whatever happens."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from devstack.ports import HOST, free_ports, is_free
from devstack.project import Project
from devstack.supervisor import running
from tests.fixtures.stack import scratch_folder, start_supervisor


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = scratch_folder()
    yield folder
    _devstack("reset", folder)
    shutil.rmtree(folder, ignore_errors=True)


def _devstack(command: str, folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "devstack", command, "--folder", str(folder), *flags], capture_output=True, text=True
    )


def _family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _wait_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=20)
    assert not alive


def test_up_prints_what_it_writes_and_down_leaves_nothing(folder: Path) -> None:
    up = _devstack("up", folder, "--port", "free", "--no-worker")
    assert up.returncode == 0, up.stderr
    assert up.stdout.startswith((folder / "env").read_text())
    supervisor = running(folder)
    assert supervisor is not None
    family = _family(supervisor)

    down = _devstack("down", folder)

    assert down.stdout == "The stack is down.\n"
    _wait_gone(family)
    assert all(is_free(port) for port in Project.load(folder).ports.all())
    assert not (folder / "env").exists()


def test_a_second_up_finds_the_first(folder: Path) -> None:
    first = _devstack("up", folder, "--port", "free", "--no-worker")
    before = running(folder)
    second = _devstack("up", folder, "--port", "free", "--no-worker")
    assert second.returncode == 0
    assert "was up already" in second.stdout
    assert second.stdout.splitlines()[:3] == first.stdout.splitlines()[:3]
    assert running(folder) == before


def test_keys_and_rows_outlive_down_and_up(folder: Path) -> None:
    first = _devstack("up", folder, "--port", "free", "--no-worker").stdout
    _devstack("down", folder)
    second = _devstack("up", folder, "--port", "free", "--no-worker").stdout
    assert _line(first, "SUPABASE_SECRET_KEY") == _line(second, "SUPABASE_SECRET_KEY")
    env = dict(line.split("=", 1) for line in (folder / "env").read_text().splitlines())
    answer = httpx.post(
        f"{env['SUPABASE_URL']}/auth/v1/token?grant_type=password",
        json={"email": env["DEMO_EMAIL"], "password": env["DEMO_PASSWORD"]},
        headers={"apikey": env["SUPABASE_PUBLISHABLE_KEY"]},
    )
    assert answer.status_code == 200


def _line(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(name))


def test_a_taken_port_is_named_with_a_way_out(folder: Path) -> None:
    (port,) = free_ports(1)
    with socket.create_server((HOST, port)):
        up = _devstack("up", folder, "--port", str(port), "--no-worker")
    assert up.returncode == 1
    assert f"Port {port} is taken" in up.stderr
    assert "make up PORT=" in up.stderr


def test_a_stale_pid_file_is_no_obstacle(folder: Path) -> None:
    (folder / "supervisor.pid").write_text("1")
    assert _devstack("down", folder).stdout == "No stack was up.\n"
    assert _devstack("up", folder, "--port", "free", "--no-worker").returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_supervisor_that_ends_takes_every_part_along(folder: Path, number: signal.Signals) -> None:
    supervisor = start_supervisor(folder, "--no-worker")
    family = _family(supervisor.pid)
    assert len(family) > 6
    supervisor.send_signal(number)
    supervisor.wait(60)
    _wait_gone(family)


def test_ctrl_c_in_the_middle_of_the_start_leaves_nothing(folder: Path) -> None:
    command = [sys.executable, "-m", "devstack", "run", "--folder", str(folder), "--port", "free", "--no-worker"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while len(family := _family(process.pid)) < 3:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.wait(60)
    _wait_gone(family)


def test_a_part_that_dies_is_started_again(folder: Path) -> None:
    supervisor = start_supervisor(folder, "--no-worker")
    project = Project.load(folder)
    (functions,) = [p for p in _family(supervisor.pid) if "functions.app:app" in p.cmdline()]
    functions.kill()
    functions.wait(10)

    deadline = time.monotonic() + 20
    while httpx.get(f"{project.url}/functions/v1/health").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)

    supervisor.terminate()
    supervisor.wait(60)


def test_reset_deletes_the_data(folder: Path) -> None:
    _devstack("up", folder, "--port", "free", "--no-worker")
    assert _devstack("reset", folder).returncode == 0
    assert not folder.exists()
