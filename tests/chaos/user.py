"""A client as clients are: it repeats what was not answered, with the same ``Idempotency-Key``."""

import asyncio
import time
import uuid
from typing import Any, Final, Self

import aiohttp

from tests.chaos.arena import Arena

TRIES: Final = 40
CREDITS: Final = 20


class Refused(Exception):
    """An answer that a client of a healthy system would not get."""


class User:
    """Signed up, with credits for one run."""

    def __init__(self, arena: Arena, http: aiohttp.ClientSession, user_id: str) -> None:
        self.id = user_id
        self._url = f"{arena.url}/functions/v1"
        self._http = http
        claims = {"sub": user_id, "role": "authenticated", "aud": "authenticated", "exp": int(time.time()) + 3600}
        self._headers = {"Authorization": f"Bearer {arena.project.keys.sign(claims)}"}

    @classmethod
    async def signed_up(cls, arena: Arena, http: aiohttp.ClientSession) -> Self:
        user_id = str(uuid.uuid4())
        await arena.owner.execute("insert into auth.users (id) values ($1)", user_id)
        await arena.owner.fetchval("select private.book($1, 'grant', $2)", user_id, -CREDITS)
        return cls(arena, http, user_id)

    async def submit(self, images: int, seed: int) -> str:
        """The job's id, whatever it took."""
        body = {"job_type": "sdxl_image_fast", "prompt": "a red circle", "num_images": images, "seed": seed}
        status, answer = await self._post("queue-job", body, {"Idempotency-Key": uuid.uuid4().hex})
        if status != 200:
            raise Refused(f"queue-job: {status} {answer}")
        return str(answer["job_id"])

    async def cancel(self, job_id: str) -> None:
        """409 is an answer too: the job had ended otherwise."""
        status, answer = await self._post("cancel-job", {"job_id": job_id}, {})
        if status not in (200, 409):
            raise Refused(f"cancel-job: {status} {answer}")

    async def _post(self, function: str, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, Any]:
        for _ in range(TRIES):
            try:
                async with self._http.post(
                    f"{self._url}/{function}", json=body, headers={**self._headers, **headers}
                ) as answer:
                    if answer.status < 502:
                        return answer.status, await answer.json()
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
        raise Refused(f"{function}: no answer after {TRIES} tries")
