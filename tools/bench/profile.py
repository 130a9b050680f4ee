"""The third table: what a functions process does with its CPU while it is loaded."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.bench.functions import DATABASES, serving
from tools.bench.load import load
from tools.bench.sampler import START
from tools.bench.site import Site
from tools.bench.stack import Stack
from tools.bench.submits import AT_ONCE, CONCURRENCY, WINDOW, requests
from tools.bench.users import SigningKey

ROUNDS: Final = 6
# A sample belongs to the first area that one of its frames is of.
AREAS: Final[Mapping[str, Sequence[str]]] = {
    "the push to Redis": ("/shared/queue/",),
    "the call of the SQL function": ("/functions/edge/database/",),
    "the content policy": ("/shared/content_policy/", ":check_content"),
    "the caller's credential": ("/functions/edge/auth.py",),
    "the handler's own work": ("/functions/queue_job/", "/functions/edge/handouts.py"),
    "FastAPI, Starlette, pydantic": ("/fastapi/", "/starlette/", "/pydantic/"),
    "answers from other servers, as they come in": ("/aiohttp/", "/asyncpg/"),
}
REST: Final = "the server and the event loop"

Samples = Iterable[tuple[Sequence[str], int]]


def profile(stack: Stack, key: SigningKey) -> dict[str, dict[str, float]]:
    """By database: each area's share of the CPU time, 0 to 1."""
    return {database: _profile(stack, key, database) for database in DATABASES}


def _profile(stack: Stack, key: SigningKey, database: str) -> dict[str, float]:
    file = stack.folder / f"{database}.json"
    with serving(stack, database, key.jwks, "tools.bench.sampler", str(file)) as functions:

        async def run() -> None:
            async with Site.open(stack, key) as site:
                ready = requests(functions.url, stack.env["SUPABASE_PUBLISHABLE_KEY"], site.users, AT_ONCE)
                for number in range(ROUNDS + 1):
                    await site.clear(WINDOW)
                    await load(functions.url, ready, CONCURRENCY)
                    if number == 0:
                        functions.process.send_signal(START)

        asyncio.run(run())
    return shares(_read(file))


def shares(samples: Samples) -> dict[str, float]:
    counts = Counter(dict.fromkeys((*AREAS, REST), 0))
    for stack, count in samples:
        counts[_area(stack)] += count
    return {area: count / counts.total() for area, count in counts.items()}


def _area(stack: Sequence[str]) -> str:
    for area, marks in AREAS.items():
        if any(mark in frame for frame in stack for mark in marks):
            return area
    return REST


def _read(file: Path) -> Samples:
    samples: Samples = json.loads(file.read_text())
    return samples
