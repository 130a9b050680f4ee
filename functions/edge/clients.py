"""The outside systems of a function process. Made once: a new HTTP client costs 40 to 70 ms."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import httpx
from fastapi import Depends
from starlette.requests import Request

from functions.edge.cache import Cache
from functions.edge.database import Database, open_database
from functions.edge.jwks import Jwks
from functions.edge.runpod import HttpRunPod, RunPod
from functions.edge.settings import Settings
from functions.edge.storage import Storage, SupabaseStorage
from functions.edge.workers import HttpWorkers, Workers
from shared.queue import QueueWriter
from shared.tokens import JobTokens, WorkerTokens

COPIES_AT_ONCE: Final = 16
"""Of one process."""


@dataclass(slots=True)
class Clients:
    """What handlers reach through ``request.app.state.clients``."""

    settings: Settings
    database: Database
    storage: Storage
    queue: QueueWriter
    jwks: Jwks
    tokens: JobTokens
    workers: Workers
    runpod: RunPod | None = None
    """``None`` where workers run on their own."""
    cache: Cache = field(default_factory=Cache)
    copies: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(COPIES_AT_ONCE))
    """Whoever copies inside Storage holds one: a copy keeps its connection for up to a minute, and others need some."""
    _background: set[asyncio.Task[None]] = field(default_factory=set)

    def in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run on after the answer; the process waits for it before it ends."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    def once(self, work: Callable[["Clients"], Coroutine[Any, Any, None]]) -> None:
        """In the background, unless the same work is still under way there."""
        if all(task.get_name() != work.__qualname__ for task in self._background):
            self.in_background(work(self)).set_name(work.__qualname__)

    async def settle(self) -> None:
        """Wait until nothing runs in the background."""
        while self._background:
            await asyncio.wait(self._background)


@asynccontextmanager
async def open_clients(settings: Settings) -> AsyncIterator[Clients]:
    """All clients of a process, closed at its end."""
    # Imported here: importing the app loads no client.
    from functions.edge.transport import AiohttpTransport
    from shared.queue.upstash import UpstashQueueWriter

    transport = AiohttpTransport()
    async with httpx.AsyncClient(timeout=5.0, transport=transport) as http:
        clients = Clients(
            settings=settings,
            database=await open_database(settings, transport),
            storage=SupabaseStorage(settings.supabase_url, settings.service_headers, transport),
            queue=UpstashQueueWriter(settings.redis_url, settings.redis_token, transport),
            jwks=Jwks(f"{settings.supabase_url}/auth/v1/.well-known/jwks.json", http, settings.jwks),
            tokens=JobTokens(settings.job_token_secret),
            workers=HttpWorkers(http, _worker_tokens(settings)),
            runpod=_runpod(settings, http),
        )
        try:
            yield clients
        finally:
            await clients.settle()
            await clients.cache.aclose()
            await clients.queue.aclose()
            await clients.storage.aclose()
            await clients.database.aclose()


def _runpod(settings: Settings, http: httpx.AsyncClient) -> HttpRunPod | None:
    if settings.runpod_endpoint_id is None or settings.runpod_api_key is None:
        return None
    return HttpRunPod(http, settings.runpod_endpoint_id, settings.runpod_api_key)


def _worker_tokens(settings: Settings) -> WorkerTokens | None:
    return None if settings.worker_secret is None else WorkerTokens(settings.worker_secret)


# A coroutine: FastAPI calls a plain function in a thread.
async def _clients(request: Request) -> Clients:
    clients: Clients = request.app.state.clients
    return clients


ClientsDep = Annotated[Clients, Depends(_clients)]
