"""The least that a submission can cost: the same SQL function over asyncpg, the same push over prepared bytes."""

import json
import time
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any, Final, Self

from tools.bench.figures import Round
from tools.bench.site import QUEUE, Site

_SUBMIT: Final = "select public.submit_job($1, $2, 1)"


@dataclass(frozen=True, slots=True)
class Floor:
    """``job`` and ``push`` are the row and the element that a submission through HTTP made."""

    site: Site
    statement: Any
    job: str
    push: bytes

    @classmethod
    async def after(cls, site: Site) -> Self:
        """After submissions through HTTP that nobody claimed."""
        job = json.loads(await site.database.fetchval("select to_jsonb(j) from public.jobs j where status = 'queued'"))
        # SQL draws it, as the request names none.
        del job["config"]["seed"]
        push = site.command("LPUSH", QUEUE, await site.ask_redis("LINDEX", QUEUE, "0"))
        return cls(site, await site.database.prepare(_SUBMIT), json.dumps(job), push)

    async def submit(self, count: int) -> Round:
        """One after the other."""
        taken = []
        started = time.perf_counter()
        for user in islice(cycle(self.site.users), count):
            began = time.perf_counter()
            answer = await self.statement.fetchval(user.id, self.job)
            (await self.site.redis.send(self.push)).json()
            taken.append(time.perf_counter() - began)
            if '"handouts": []' in answer:
                raise ValueError("a submission was not handed out, so HTTP would not have pushed it")
        return Round(time.perf_counter() - started, taken)
