"""The second table: a worker's claim, one progress report and the completion, through HTTP and beside their floor."""

import asyncio
import json
import time
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final, Protocol

from shared.job_types import resolve
from shared.messages import Asset, ClaimRequest, EndReport, Output, ProgressReport, QueueElement
from shared.paths import THUMBNAIL_CONTENT_TYPE, WORKSPACE_BUCKET, output_path, thumbnail_path
from shared.tokens import JobTokens
from tools.bench.connection import Connection, post
from tools.bench.figures import Round, Series
from tools.bench.functions import DATABASES, JOB_TOKEN_SECRET, Functions
from tools.bench.load import load
from tools.bench.site import QUEUE, Site
from tools.bench.stack import Stack
from tools.bench.submits import BODY, FLOOR, requests

ROUNDS: Final = 4
JOBS: Final = 40
WINDOW: Final = 4
"""As shipped: every claim makes room, and hands out and pushes the next job."""
STEPS: Final = ("claim", "progress", "completion")
_TOKENS: Final = JobTokens(JOB_TOKEN_SECRET)

Attempts = Mapping[tuple[str, str], Series]
"""By the worker's name (the floor, or a database's) and the step."""


@dataclass(slots=True)
class Attempt:
    """One element of a queue, and what became of it."""

    element: QueueElement
    token: str = ""
    number: int = 0

    def path(self) -> str:
        extension = resolve(self.element.type).extension
        return output_path(self.element.user_id, self.element.id, self.number, 0, extension)

    def thumbnail(self) -> str:
        return thumbnail_path(self.element.user_id, self.element.id, self.number, 0)


class Worker(Protocol):
    """One way to say the three things. Raises ``ValueError`` when one of them is refused."""

    async def claim(self, attempt: Attempt) -> None: ...

    async def progress(self, attempt: Attempt) -> None: ...

    async def completion(self, attempt: Attempt) -> None: ...


@dataclass(frozen=True, slots=True)
class HttpWorker:
    """Over job-callback."""

    connection: Connection
    url: str

    async def claim(self, attempt: Attempt) -> None:
        assert attempt.element.callback is not None
        claim = ClaimRequest(job_id=attempt.element.id, worker_id="bench", claim_id=attempt.element.id)
        answer = await self._say(claim.model_dump(), attempt.element.callback.token)
        attempt.token, attempt.number = answer["token"], answer["attempt"]

    async def progress(self, attempt: Attempt) -> None:
        report = ProgressReport(job_id=attempt.element.id, progress=0.5, stage="generating")
        await self._say(report.model_dump(), attempt.token)

    async def completion(self, attempt: Attempt) -> None:
        asset = Asset(type="image", url=attempt.path(), thumbnail_url=attempt.thumbnail())
        report = EndReport(job_id=attempt.element.id, status="completed", assets=[asset])
        await self._say(report.model_dump(), attempt.token)

    async def _say(self, body: Mapping[str, Any], token: str) -> Any:
        request = post(f"{self.url}/job-callback", body, {"authorization": f"Bearer {token}"})
        return (await self.connection.send(request)).json()


@dataclass(frozen=True, slots=True)
class FloorWorker:
    """The SQL functions over asyncpg, the two signatures and the push over prepared requests."""

    site: Site
    storage: Sequence[Connection]
    """One for each of the two signatures."""
    storage_url: str
    api_key: str

    async def claim(self, attempt: Attempt) -> None:
        assert attempt.element.callback is not None
        handout = _TOKENS.read_queue_token(attempt.element.callback.token).handout
        answer = await self._call("claim_job($1, $2, 'bench', $3)", attempt.element.id, handout, attempt.element.id)
        attempt.number = answer["attempt"]
        signing = [self._sign(*one) for one in zip(self.storage, (attempt.path(), attempt.thumbnail()), strict=True)]
        await asyncio.gather(self._push(answer["handouts"]), *signing)

    async def progress(self, attempt: Attempt) -> None:
        await self._call("report_progress($1, $2, 0.5, 'generating')", attempt.element.id, attempt.number)

    async def completion(self, attempt: Attempt) -> None:
        output = Output(index=0, path=attempt.path(), thumbnail_path=attempt.thumbnail())
        outputs = json.dumps([output.model_dump()])
        answer = await self._call("complete_job($1, $2, $3)", attempt.element.id, attempt.number, outputs)
        await self._push(answer["handouts"])

    async def _call(self, call: str, *arguments: Any) -> Any:
        return json.loads(await self.site.database.fetchval(f"select public.{call}", *arguments))

    async def _push(self, handouts: list[dict[str, Any]]) -> None:
        for handout in handouts:
            job = handout["job"]
            callback = {"url": "", "token": _TOKENS.queue_token(job["id"], handout["handout"])}
            element = {"id": job["id"], "type": job["job_type"], "user_id": job["user_id"], "callback": callback}
            await self.site.ask_redis("LPUSH", QUEUE, json.dumps(element))

    async def _sign(self, connection: Connection, path: str) -> None:
        url = f"{self.storage_url}/object/upload/sign/{WORKSPACE_BUCKET}/{path}"
        (await connection.send(post(url, {}, {"apikey": self.api_key}))).json()


async def measure(site: Site, functions: Mapping[str, Functions], stack: Stack) -> Attempts:
    async with AsyncExitStack() as opened:
        gateway = stack.env["SUPABASE_URL"]
        storage = [await opened.enter_async_context(Connection.open(gateway)) for _ in range(2)]
        floor = FloorWorker(site, storage, f"{gateway}/storage/v1", stack.env["SUPABASE_SECRET_KEY"])
        workers: dict[str, Worker] = {FLOOR: floor}
        for database, each in functions.items():
            connection = await opened.enter_async_context(Connection.open(each.url))
            workers[database] = HttpWorker(connection, each.url)
        return await _measure(site, workers, functions, stack.env["SUPABASE_PUBLISHABLE_KEY"])


async def _measure(
    site: Site, workers: Mapping[str, Worker], functions: Mapping[str, Functions], api_key: str
) -> Attempts:
    series = {(name, step): Series() for name in workers for step in STEPS}
    # The first round is for pools, plans and code.
    for number in range(ROUNDS + 1):
        for name, worker in workers.items():
            await site.clear(WINDOW)
            url = functions[DATABASES[0] if name == FLOOR else name].url
            await load(url, requests(url, api_key, site.users, JOBS), 1)
            for step, taken in (await work_off(site, worker)).items():
                if number > 0:
                    series[name, step].add(Round(sum(taken), taken), {})
    return series


async def work_off(site: Site, worker: Worker) -> dict[str, list[float]]:
    """What each step took, for every job that waits."""
    taken: dict[str, list[float]] = {step: [] for step in STEPS}
    for _ in range(JOBS):
        attempt = Attempt(QueueElement.model_validate_json(await site.ask_redis("RPOP", QUEUE)))
        taken["claim"].append(await _timed(worker.claim(attempt)))
        taken["progress"].append(await _timed(worker.progress(attempt)))
        await site.put(attempt.path(), resolve(BODY["job_type"]).content_type)
        await site.put(attempt.thumbnail(), THUMBNAIL_CONTENT_TYPE)
        taken["completion"].append(await _timed(worker.completion(attempt)))
    return taken


async def _timed(work: Awaitable[None]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began
