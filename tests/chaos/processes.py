"""Functions and workers as processes that can be killed: forked from one server that has imported everything once."""

import ctypes
import multiprocessing
import os
import signal
import ssl
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Final

from devstack.ports import HOST

_PR_SET_PDEATHSIG: Final = 1
_CONTEXT: Final[ForkServerContext] = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "tests.chaos.processes",
        "tests.chaos.generator",
        "gpu_handler.pull",
        "functions.app",
        "functions.edge.database.postgres",
        "functions.edge.database.postgrest",
        "shared.queue.upstash",
        "storage3",
        "aiohttp",
        "httpcore",
        "h2",
        "idna",
        "uvicorn.lifespan.on",
        "uvicorn.loops.auto",
        "uvicorn.protocols.http.auto",
        "uvicorn.protocols.websockets.auto",
    ]
)

EXHAUST: Final = signal.SIGUSR1
RECOVER: Final = signal.SIGUSR2
"""Tell a worker that its generator is out of memory, and that it is not."""

_TLS: Final = ssl.create_default_context()
"""Made once: every HTTP client makes one at its start, which takes longer than all the rest, and none needs it here."""

Body = Callable[[], None]


@dataclass
class Member:
    """A process that is started again whenever it died."""

    name: str
    body: Body
    env: Mapping[str, str]
    log: Path
    _process: ForkServerProcess | None = field(default=None, repr=False)
    _paused: bool = False

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def start(self) -> None:
        self._process = _CONTEXT.Process(
            target=_enter, args=(self.body, dict(self.env), str(self.log)), name=self.name, daemon=True
        )
        self._process.start()

    def revive(self) -> None:
        """Running and not paused, whatever was done to it."""
        self.resume()
        if not self.is_alive:
            self.start()

    def kill(self) -> None:
        """SIGKILL: nothing is said, nothing is saved."""
        self._send(signal.SIGKILL)
        self._paused = False
        assert self._process is not None
        self._process.join()

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def pause(self) -> None:
        self._send(signal.SIGSTOP)
        self._paused = True

    def resume(self) -> None:
        if self._paused:
            self._paused = False
            self._send(signal.SIGCONT)

    def exhaust_memory(self) -> None:
        self._send(EXHAUST)

    def recover(self) -> None:
        self._send(RECOVER)

    def _send(self, number: signal.Signals) -> None:
        if self.is_alive:
            assert self._process is not None
            assert self._process.pid is not None
            os.kill(self._process.pid, number)


def serve_functions() -> None:
    """``uvicorn functions.app:app``, with the port of this environment."""
    import uvicorn

    uvicorn.run("functions.app:app", host=HOST, port=int(os.environ["PORT"]), access_log=False, log_level="warning")


def consume() -> None:
    """``python -m gpu_handler.pull`` with a generator that needs no model, and little patience at an empty queue."""
    import gpu_handler.parts
    import gpu_handler.pull
    from tests.chaos.generator import QuickGenerator

    generator = QuickGenerator(float(os.environ["STEP_SECONDS"]))
    signal.signal(EXHAUST, lambda *_: generator.exhaust())
    signal.signal(RECOVER, lambda *_: generator.recover())
    gpu_handler.parts.generators_for = lambda *_: {"sdxl": generator}  # type: ignore[assignment]
    gpu_handler.pull.IDLE_FIRST_SECONDS = gpu_handler.pull.IDLE_LIMIT_SECONDS = 0.02  # type: ignore[misc]
    gpu_handler.pull.main()


def _enter(body: Body, env: dict[str, str], log: str) -> None:
    # Dies with the server it was forked from; that one dies with us, unless we hold its other end.
    os.close(forkserver._forkserver._forkserver_alive_fd)  # type: ignore[attr-defined]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    for number in (EXHAUST, RECOVER):
        # Until the worker has its own handlers.
        signal.signal(number, signal.SIG_IGN)
    ssl.create_default_context = lambda *_, **__: _TLS  # type: ignore[assignment]
    os.environ.clear()
    os.environ.update(env)
    sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    body()
