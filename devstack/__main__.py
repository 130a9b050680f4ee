"""``python -m devstack up|down|reset|run``: what ``make up``, ``make down`` and ``make reset`` call."""

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import httpx

from devstack import supervisor
from devstack.migrations import ROOT, MigrationError
from devstack.process import StartError
from devstack.project import DEFAULT_PORT, Ports, Project, postgres_folder
from devstack.stack import StackError

KNOWN_ERRORS: Final = (
    StackError,
    StartError,
    MigrationError,
    httpx.HTTPError,
    OSError,
    subprocess.SubprocessError,
)


def main() -> int:
    arguments = _parser().parse_args()
    folder: Path = arguments.folder.resolve()
    match arguments.command:
        case "up":
            return _up(folder, ["--folder", str(folder), "--port", arguments.port, *_flags(arguments)])
        case "run":
            return _run(folder, arguments.port, with_worker=not arguments.no_worker)
        case "down":
            print("The stack is down." if supervisor.stop(folder) else "No stack was up.")
        case "reset":
            supervisor.stop(folder)
            shutil.rmtree(postgres_folder(folder), ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)
            print("The stack is down and its data is gone.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devstack", description="The embedded local stack.")
    parser.add_argument("command", choices=["up", "down", "reset", "run"])
    parser.add_argument("--folder", type=Path, default=ROOT / ".devstack", help="where data, logs and keys lie")
    parser.add_argument("--port", default=str(DEFAULT_PORT), help="the gateway's port, or 'free' for any free ones")
    parser.add_argument("--no-worker", action="store_true", help="start no GPU handler")
    return parser


def _flags(arguments: argparse.Namespace) -> list[str]:
    return ["--no-worker"] if arguments.no_worker else []


def _up(folder: Path, arguments: list[str]) -> int:
    is_running = supervisor.running(folder) is not None
    process = None if is_running else supervisor.launch(folder, arguments)
    try:
        while not (folder / "env").exists() and (process is None or process.poll() is None):
            time.sleep(0.05)
    except KeyboardInterrupt:
        supervisor.stop(folder)
        return 130
    if process is not None and process.poll() is not None:
        print((folder / "logs" / "supervisor.log").read_text().strip(), file=sys.stderr)
        return 1
    print((folder / "env").read_text(), end="")
    print(f"\nThe stack {'was up already' if is_running else 'is up'}. Its logs are in {folder / 'logs'}.")
    return 0


def _run(folder: Path, port: str, *, with_worker: bool) -> int:
    with supervisor.Lock(folder) as lock:
        if not lock.acquire():
            print(f"Another supervisor owns {folder}.", file=sys.stderr)
            return 1
        project = Project.create(folder, Ports.free() if port == "free" else Ports.following(int(port)))
        try:
            supervisor.run(project, with_worker=with_worker)
        except KNOWN_ERRORS as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
