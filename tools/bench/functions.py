"""A functions process of the bench's own: one server, one process, as it is deployed."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpx
import psutil

from tools.bench.stack import Stack

JOB_TOKEN_SECRET: Final = "the secret of a bench, which signs nothing else"  # noqa: S105
DATABASES: Final = ("asyncpg", "PostgREST")
READY_SECONDS: Final = 30.0
_HOST: Final = "127.0.0.1"
_NAMES: Final = (
    "SUPABASE_URL",
    "SUPABASE_PUBLISHABLE_KEY",
    "SUPABASE_SECRET_KEY",
    "UPSTASH_REDIS_REST_URL",
    "UPSTASH_REDIS_REST_TOKEN",
)


@dataclass(frozen=True, slots=True)
class Functions:
    url: str
    process: psutil.Process


@contextmanager
def serving(stack: Stack, database: str, jwks: str, *program: str) -> Iterator[Functions]:
    """``database`` is one of ``DATABASES``; ``program`` runs in place of ``python -m uvicorn``.

    Raises ``RuntimeError`` with the server's log where it does not come up.
    """
    port = _free_port()
    url = f"http://{_HOST}:{port}/functions/v1"
    command = [sys.executable, "-m", *(program or ("uvicorn",)), "functions.app:app", "--host", _HOST, "--port", port]
    quiet = ["--no-access-log", "--log-level", "warning"]
    log = stack.folder / f"functions-{port}.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [*command, *quiet],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            process_group=0,
            env={**os.environ, **_variables(stack, database, jwks, url)},
        )
    try:
        _wait_for(url, process, log)
        yield Functions(url, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(READY_SECONDS)


def _variables(stack: Stack, database: str, jwks: str, url: str) -> Mapping[str, str]:
    """An empty variable counts as unset."""
    return {
        **{name: stack.env[name] for name in _NAMES},
        "SUPABASE_JWKS": jwks,
        "SUPABASE_DB_URL": stack.env["SUPABASE_DB_URL"] if database == "asyncpg" else "",
        "FUNCTIONS_URL": url,
        "JOB_TOKEN_SECRET": JOB_TOKEN_SECRET,
        "MODELS": "demo",
        "SWEEP_SECONDS": "0",
    }


def _wait_for(url: str, process: subprocess.Popen[bytes], log: os.PathLike[str]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/health")
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    with open(log, errors="replace") as text:
        raise RuntimeError(f"the functions did not start: {text.read().strip()}")


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return str(probe.getsockname()[1])
