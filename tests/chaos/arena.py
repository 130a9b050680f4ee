"""All real parts of one project with every connection between them on the wire: what runs are made in."""

import asyncio
import json
import random
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
import redis.asyncio

from devstack import migrations
from devstack.ports import HOST, is_free
from devstack.process import Child, await_ready, spawn
from devstack.project import Ports, Project
from devstack.valkey import Valkey
from functions.edge.database.postgres import speak_json
from tests.chaos.processes import Body, Member, consume, serve_functions
from tests.chaos.relay import Relay
from tests.chaos.wire import Wire
from tests.fixtures.stack import scratch_folder

AUDIT: Final = Path(__file__).parent / "audit.sql"
WINDOW: Final = 2
"""Of the queue: smaller than the most jobs of a run, so that some wait in Postgres."""
WORKERS: Final = 3
SWEEP_SECONDS: Final = 0.25
STEP_SECONDS: Final = 0.002
QUEUE: Final = "sdxl_queue"


class Arena:
    """Two functions' processes, one with each way to the database, and three workers."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.wire = Wire(project.ports.gateway, project.ports.upstash)
        self.relay = Relay(project.ports.postgres)
        self.functions: dict[str, Member] = {}
        self.workers: dict[str, Member] = {}
        self.owner: Any = None
        self.redis: Any = None
        secrets = project.secrets
        self._valkey = Valkey(project.ports.valkey, secrets.functions_redis_token, secrets.worker_redis_token)
        self._parts: list[Child] = []
        self._valkey_child: Child | None = None
        self._next = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.wire.port}"

    def member(self, name: str) -> Member:
        return self.functions[name] if name in self.functions else self.workers[name]

    def functions_port(self) -> int | None:
        """Of the processes that are alive, in turn."""
        alive = [int(member.env["PORT"]) for member in self.functions.values() if member.is_alive]
        self._next += 1
        return alive[self._next % len(alive)] if alive else None

    def start_members(self) -> None:
        for member in (*self.functions.values(), *self.workers.values()):
            member.revive()

    async def restart_functions(self, body: Body) -> None:
        """Killed, and started with another body."""
        for member in self.functions.values():
            member.kill()
            member.body = body
            member.start()
        await self.until_served()

    async def until_served(self) -> None:
        async with asyncio.timeout(30):
            while not all(_listens(int(member.env["PORT"])) for member in self.functions.values()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def restart_valkey(self) -> None:
        """Killed; back at once, and empty."""
        assert self._valkey_child is not None
        self._valkey_child.process.kill()
        self._valkey_child.process.wait()
        self._start_valkey()

    def _start_valkey(self) -> None:
        self._valkey_child = self._valkey.start(self.project.folder / "valkey", self.project.log("valkey"))

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Arena"]:
        project = self.project
        async with AsyncExitStack() as stack:
            stack.callback(self._stop)
            self._start_parts()
            await stack.enter_async_context(self.wire.serving())
            await stack.enter_async_context(self.relay.serving())
            self.owner = await stack.enter_async_context(
                asyncpg.create_pool(project.cluster.url("supabase_admin"), min_size=1, max_size=4, init=speak_json)
            )
            await self.owner.execute(AUDIT.read_text())
            await self.owner.execute("update public.queues set handout_window = $1", WINDOW)
            self.redis = redis.asyncio.Redis.from_url(self._valkey.url_for("functions"))
            stack.push_async_callback(self.redis.aclose)
            self._hire()
            self.start_members()
            yield self

    def _start_parts(self) -> None:
        project = self.project
        cluster = project.cluster
        self._parts.append(cluster.start(project.log("postgres")))
        self._start_valkey()
        migrations.push(cluster.url())
        authenticator = cluster.url("authenticator")
        self._parts.append(project.postgrest.start(authenticator, project.keys, project.log("postgrest")))
        for name in ("gateway", "upstash"):
            command: list[str | Path] = [sys.executable, "-m", "devstack.serve", name, project.folder]
            port = project.ports.gateway if name == "gateway" else project.ports.upstash
            child = spawn(name, command, log=project.log(name), env=project.python_env())
            self._parts.append(await_ready(child, lambda port=port: _listens(port)))  # type: ignore[misc]

    def _hire(self) -> None:
        project = self.project
        port_after_the_last = max(project.ports.all()) + 1
        for name, port in (("f1", port_after_the_last), ("f2", port_after_the_last + 1)):
            # The first speaks to Postgres over the relay, the second to PostgREST over the wire.
            env = {
                **project.functions_env(),
                "SUPABASE_URL": f"{self.url}/{name}",
                "SUPABASE_JWKS": json.dumps(project.keys.jwks()),
                "SUPABASE_DB_URL": self._relayed_database() if name == "f1" else "",
                "UPSTASH_REDIS_REST_URL": f"{self.url}/{name}/redis",
                "FUNCTIONS_URL": f"{self.url}/functions/v1",
                "SWEEP_SECONDS": str(SWEEP_SECONDS),
                "PORT": str(port),
            }
            self.functions[name] = Member(name, serve_functions, env, project.log(name))
        for number in range(1, WORKERS + 1):
            name = f"w{number}"
            env = {
                **project.worker_env(),
                "UPSTASH_REDIS_REST_URL": f"{self.url}/{name}/redis",
                "JOB_CALLBACK_URL": f"{self.url}/{name}/functions/v1/job-callback",
                "WORKER_ID": name,
                "STEP_SECONDS": str(STEP_SECONDS),
            }
            self.workers[name] = Member(name, consume, env, project.log(name))

    def _relayed_database(self) -> str:
        return self.project.cluster.url().replace(f":{self.project.ports.postgres}/", f":{self.relay.port}/")

    def _stop(self) -> None:
        for member in (*self.functions.values(), *self.workers.values()):
            if member.is_alive:
                member.kill()
        if self._valkey_child is not None:
            self._valkey_child.stop()
        for part in reversed(self._parts):
            part.stop()


@asynccontextmanager
async def opened_arena() -> AsyncIterator[Arena]:
    """An arena in a folder of its own, and nothing of it left afterwards."""
    folder = scratch_folder()
    try:
        async with Arena(Project.create(folder, _ports())).running() as arena:
            await arena.until_served()
            yield arena
    finally:
        shutil.rmtree(folder)


def _ports() -> Ports:
    """Below those that the kernel gives to outgoing connections: a killed server has to find its own free again."""
    while True:
        first = random.randrange(15_000, 32_000, 10)
        if all(is_free(port) for port in range(first, first + 10)):
            return Ports.following(first)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
