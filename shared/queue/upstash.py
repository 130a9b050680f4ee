"""Upstash Redis over REST (https://upstash.com/docs/redis/features/restapi).

The client's hidden retry is off, because a repeated LPUSH queues twice, and every call has a time limit: the client's
own default is none.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx
from upstash_redis import Redis
from upstash_redis.asyncio import Redis as AsyncRedis
from upstash_redis.errors import UpstashError

from shared.queue.protocol import QueueError

_TIMEOUT: Final = httpx.Timeout(5.0, connect=2.0)
_OPTIONS: Final[dict[str, Any]] = {"rest_retries": 0, "allow_telemetry": False}
# A proxy's error page is no JSON object (ValueError, TypeError) or lacks "result" (KeyError).
_FAILURES: Final = (UpstashError, httpx.HTTPError, ValueError, TypeError, KeyError, AttributeError)


class UpstashQueueWriter:
    """``QueueWriter`` with the token of a user that may push, delete and ask for lengths."""

    def __init__(self, url: str, token: str, transport: httpx.AsyncBaseTransport) -> None:
        self._redis = AsyncRedis(url, token, **_OPTIONS)
        self._redis._http._client = httpx.AsyncClient(timeout=_TIMEOUT, transport=transport)

    async def push(self, elements: Mapping[str, Sequence[str]]) -> None:
        filled = {queue: texts for queue, texts in elements.items() if texts}
        if not filled:
            return  # Upstash refuses an empty pipeline.
        pipeline = self._redis.pipeline()
        for queue, texts in filled.items():
            pipeline.lpush(queue, *texts)
        await self._exec(pipeline)

    async def rewrite(self, elements: Mapping[str, Sequence[str]]) -> None:
        transaction = self._redis.multi()
        for queue, texts in elements.items():
            transaction.delete(queue)
            if texts:
                transaction.lpush(queue, *texts)
        await self._exec(transaction)

    async def lengths(self, queues: Sequence[str]) -> dict[str, int]:
        pipeline = self._redis.pipeline()
        for queue in queues:
            pipeline.llen(queue)
        try:
            lengths: list[Any] = await pipeline.exec()
            return {queue: int(length) for queue, length in zip(queues, lengths, strict=True)}
        except _FAILURES as error:
            raise QueueError("Redis did not tell its lengths") from error

    async def ping(self) -> None:
        try:
            await self._redis.ping()
        except _FAILURES as error:
            raise QueueError("Redis does not answer") from error

    async def aclose(self) -> None:
        await self._redis.close()

    async def _exec(self, commands: Any) -> None:
        try:
            await commands.exec()
        except _FAILURES as error:
            raise QueueError("Redis did not take the elements") from error


class UpstashQueueReader:
    """``QueueReader`` with the token of an ACL user that may LMPOP the lists and nothing else."""

    def __init__(self, url: str, token: str) -> None:
        self._redis = Redis(url, token, **_OPTIONS)
        self._redis._http._client.timeout = _TIMEOUT

    def take(self, queues: Sequence[str]) -> str | None:
        # The client has no method for LMPOP; one call over all lists costs one request where RPOPs would cost three.
        try:
            reply: Any = self._redis.execute(["LMPOP", len(queues), *queues, "RIGHT", "COUNT", 1])
        except _FAILURES as error:
            raise QueueError("Redis did not hand out an element") from error
        return None if reply is None else str(reply[1][0])

    def close(self) -> None:
        self._redis._http.close()  # type: ignore[no-untyped-call]
