"""One Valkey and one bridge for all tests of this folder; every test begins with an empty database."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
import uvicorn
from starlette.applications import Starlette

from devstack.ports import HOST, free_ports
from devstack.process import Child
from devstack.upstash import create_app
from devstack.valkey import Valkey

FUNCTIONS_TOKEN = "functions+token/with=marks"
WORKER_TOKEN = "worker-token"


@dataclass(frozen=True)
class Bridge:
    url: str
    valkey: Valkey
    child: Child

    def stop_valkey(self) -> None:
        self.child.stop()


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The app's URL while a server runs it in a thread."""
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(app, host=HOST, port=port, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://{HOST}:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def bridged(folder: Path) -> Iterator[Bridge]:
    (port,) = free_ports(1)
    valkey = Valkey(port, FUNCTIONS_TOKEN, WORKER_TOKEN)
    child = valkey.start(folder / "valkey", folder / "valkey.log")
    users = {FUNCTIONS_TOKEN: "functions", WORKER_TOKEN: "worker"}
    try:
        with served(create_app(port=port, users=users)) as url:
            yield Bridge(url, valkey, child)
    finally:
        child.stop()


@pytest.fixture(scope="session")
def shared_bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    with bridged(tmp_path_factory.mktemp("upstash")) as bridge:
        yield bridge


@pytest.fixture
def bridge(shared_bridge: Bridge, database: redis.Redis) -> Bridge:
    for key in database.scan_iter():
        database.delete(key)
    return shared_bridge


@pytest.fixture
def mortal_bridge(tmp_path: Path) -> Iterator[Bridge]:
    """A bridge of the test's own, whose Valkey may be stopped."""
    with bridged(tmp_path) as bridge:
        yield bridge


@pytest.fixture(scope="session")
def database(shared_bridge: Bridge) -> Iterator[redis.Redis]:
    """Valkey itself, to see what the bridge did to it."""
    with redis.Redis.from_url(shared_bridge.valkey.url_for("functions")) as client:
        yield client


@pytest.fixture
def http(bridge: Bridge) -> Iterator[httpx.Client]:
    """Plain HTTP with the functions' token."""
    with httpx.Client(base_url=bridge.url, headers={"Authorization": f"Bearer {FUNCTIONS_TOKEN}"}) as client:
        yield client


@pytest.fixture
def run_node(bridge: Bridge) -> Callable[[str], Any]:
    """Run a script of this folder with the bridge's URL and token; its output comes back."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on PATH")

    def run(script: str) -> str:
        command = [node, str(Path(__file__).parent / script), bridge.url, FUNCTIONS_TOKEN]
        result = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert result.returncode == 0, result.stderr
        return result.stdout

    return run
