"""All parts of one project, in the order they need each other."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from devstack import accounts, migrations
from devstack.ports import HOST, is_free
from devstack.process import Child, spawn
from devstack.project import Project
from devstack.valkey import Valkey

READY_SECONDS: Final = 30.0
RESTART_SECONDS: Final = 1.0
PORT_SECONDS: Final = 3.0


class StackError(Exception):
    """The stack cannot start; the message says why and what to do."""


@dataclass(slots=True)
class Part:
    """A part of the stack and how to start it again when it dies."""

    name: str
    start: Callable[[], Child]
    child: Child


class Stack:
    """Starts the parts, watches them, stops them in reverse order."""

    def __init__(self, project: Project, *, with_worker: bool) -> None:
        self.project = project
        self.with_worker = with_worker
        self.parts: list[Part] = []

    def start(self) -> None:
        """Everything up, migrated and answering. Raises ``StackError`` or a part's own error; then nothing is left."""
        self._check_ports()
        try:
            self._start_parts()
        except BaseException:
            self.stop()
            raise

    def watch(self) -> None:
        """For ever: start again what dies, as a hosted platform would."""
        while True:
            time.sleep(0.2)
            for part in self.parts:
                if part.child.returncode is not None:
                    print(f"{part.name} ended with {part.child.returncode}; starting it again", flush=True)
                    time.sleep(RESTART_SECONDS)
                    part.child = part.start()

    def stop(self) -> None:
        for part in reversed(self.parts):
            part.child.stop()
        self.parts.clear()

    def _check_ports(self) -> None:
        # A supervisor that was killed a moment ago takes its children along, but not at once.
        deadline = time.monotonic() + PORT_SECONDS
        while taken := [port for port in self.project.ports.all() if not is_free(port)]:
            if time.monotonic() > deadline:
                raise StackError(
                    f"Port {taken[0]} is taken by another program. Stop it, or start with another first port: "
                    f"make up PORT={self.project.ports.gateway + 1000}"
                )
            time.sleep(0.1)

    def _start_parts(self) -> None:
        project = self.project
        log = project.log
        self._add("postgres", lambda: project.cluster.start(log("postgres")))
        self._add("valkey", lambda: self._valkey().start(project.folder / "valkey", log("valkey")))
        migrations.push(project.cluster.url())
        self._add(
            "postgrest",
            lambda: project.postgrest.start(project.cluster.url("authenticator"), project.keys, log("postgrest")),
        )
        self._add("gateway", lambda: self._server("gateway"))
        self._add("upstash", lambda: self._server("upstash"))
        self._add("functions", self._functions)
        self._wait_for_health()
        accounts.ensure(project)
        if self.with_worker:
            self._add("gpu_handler", self._worker)

    def _add(self, name: str, start: Callable[[], Child]) -> None:
        self.parts.append(Part(name, start, start()))

    def _valkey(self) -> Valkey:
        secrets = self.project.secrets
        return Valkey(self.project.ports.valkey, secrets.functions_redis_token, secrets.worker_redis_token)

    def _server(self, name: str) -> Child:
        command: list[str | Path] = [sys.executable, "-m", "devstack.serve", name, self.project.folder]
        return spawn(name, command, log=self.project.log(name), env=self.project.python_env())

    def _functions(self) -> Child:
        address = ["--host", HOST, "--port", str(self.project.ports.functions)]
        quiet = ["--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "3"]
        command = [sys.executable, "-m", "uvicorn", "functions.app:app", *address, *quiet]
        return spawn("functions", command, log=self.project.log("functions"), env=self.project.functions_env())

    def _worker(self) -> Child:
        command = [sys.executable, "-m", "gpu_handler.pull"]
        return spawn("gpu_handler", command, log=self.project.log("gpu_handler"), env=self.project.worker_env())

    def _wait_for_health(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        problem = ""
        while time.monotonic() < deadline:
            dead = next((part for part in self.parts if part.child.returncode is not None), None)
            if dead is not None:
                raise StackError(f"{dead.name} did not start: {_last_line(dead.child.log)} (log: {dead.child.log})")
            try:
                answer = httpx.get(f"{self.project.url}/functions/v1/health", timeout=5)
            except httpx.HTTPError as error:
                problem = str(error)
            else:
                # "degraded" until the first sweep.
                if answer.status_code == 200 and answer.json()["queue"] == "ok":
                    return
                problem = answer.text
            time.sleep(0.05)
        raise StackError(f"The functions are not healthy after {READY_SECONDS:.0f} s: {problem}")


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
