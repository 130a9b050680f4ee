"""What a round finds: a table with a past, no job that waits, empty lists, and the window it wants."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Self

import asyncpg

from tools.bench.connection import Connection, post
from tools.bench.stack import Stack
from tools.bench.users import SigningKey, User, new_users

QUEUE: Final = "sdxl_queue"
USERS: Final = 200
PAST_JOBS: Final = 5000
"""Completed jobs of somebody else, so that the planner sees a table as it is after a while."""
_PAST: Final = """
    insert into public.jobs (
        user_id, job_type, status, queue, format, quality, model_type, original_prompt, output_type, output_byte_limit,
        created_at, started_at, completed_at
    )
    select $1, 'sdxl_image_fast', 'completed', $3, 'image', 'fast', 'sdxl', 'a red circle', 'image/png', 5242880,
        now() - make_interval(mins => n), now() - make_interval(mins => n), now() - make_interval(mins => n, secs => -9)
    from generate_series(1, $2) n
"""
_OBJECT: Final = (
    "insert into storage.objects (bucket_id, name, version, metadata) values ('workspace-temp', $1, '1', $2)"
)


@dataclass(frozen=True, slots=True)
class Site:
    """The database and Redis, as their owner has them."""

    database: Any
    """One asyncpg connection without a codec: JSON goes in and out as text."""
    redis: Connection
    users: Sequence[User]
    _redis_url: str
    _redis_token: str
    _past_user: str

    @classmethod
    @asynccontextmanager
    async def open(cls, stack: Stack, key: SigningKey) -> AsyncIterator[Self]:
        redis_url, redis_token = stack.env["UPSTASH_REDIS_REST_URL"], stack.env["UPSTASH_REDIS_REST_TOKEN"]
        database = await asyncpg.connect(stack.env["SUPABASE_DB_URL"])
        past, *users = await new_users(database, key, USERS + 1)
        await database.execute(_PAST, past.id, PAST_JOBS, QUEUE)
        async with Connection.open(redis_url) as redis:
            yield cls(database, redis, users, redis_url, redis_token, past.id)
        await database.close()

    async def clear(self, window: int) -> None:
        """``window`` is how many jobs may be handed out at a time."""
        await self.database.execute("delete from public.jobs where user_id <> $1", self._past_user)
        await self.database.execute("vacuum analyze public.jobs, public.profiles, public.usage_logs")
        await self.database.execute("update public.queues set handout_window = $2 where name = $1", QUEUE, window)
        await self.ask_redis("DEL", QUEUE)

    def command(self, *words: str) -> bytes:
        """A request to the Upstash stand-in."""
        return post(self._redis_url, words, {"authorization": f"Bearer {self._redis_token}"})

    async def ask_redis(self, *words: str) -> Any:
        return (await self.redis.send(self.command(*words))).json()["result"]

    async def put(self, path: str, content_type: str) -> None:
        """An object as Storage writes it down, without a file behind it."""
        await self.database.execute(_OBJECT, path, json.dumps({"size": 1000, "mimetype": content_type}))
