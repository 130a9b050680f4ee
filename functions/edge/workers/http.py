"""Over HTTP, with a token made for the one call."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, TypeVar

import httpx

from functions.edge.workers.failures import MOST_BYTES, NOT_AGREED, told
from functions.edge.workers.protocol import WorkerFailed
from functions.edge.workers.streaming import stream_chat
from shared.conversation import ChatRequest
from shared.tokens import WorkerTokens
from shared.wire import Message
from shared.worker_messages import ChatReply, EnhanceReply, EnhanceRequest, WorkerHealth

_Reply = TypeVar("_Reply", bound=Message)


class HttpWorkers:
    """``Workers`` over HTTP; ``http`` is shared and not closed here. Without ``tokens`` nothing can be asked."""

    def __init__(self, http: httpx.AsyncClient, tokens: WorkerTokens | None) -> None:
        self._http = http
        self._tokens = tokens

    async def health(self, url: str, seconds: float) -> WorkerHealth:
        return await self._ask("GET", f"{url}/health", self._headers(url), None, seconds, WorkerHealth)

    async def chat(self, url: str, request: ChatRequest, seconds: float) -> ChatReply:
        return await self._ask("POST", f"{url}/chat", self._headers(url), request, seconds, ChatReply)

    def stream_chat(self, url: str, request: ChatRequest, seconds: float) -> AsyncGenerator[str | ChatReply]:
        return stream_chat(self._http, url, self._headers(url), request, seconds)

    async def enhance(self, url: str, request: EnhanceRequest, seconds: float) -> EnhanceReply:
        return await self._ask("POST", f"{url}/enhance", self._headers(url), request, seconds, EnhanceReply)

    async def _ask(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        request: ChatRequest | None,
        seconds: float,
        reply: type[_Reply],
    ) -> _Reply:
        body = None if request is None else request.model_dump(mode="json", exclude_none=True)
        with told(seconds):
            # One bound on the whole call: httpx's own are on each read.
            async with asyncio.timeout(seconds):
                return reply.model_validate_json(await self._read(method, url, headers, body, seconds))

    async def _read(
        self, method: str, url: str, headers: dict[str, str], body: dict[str, Any] | None, seconds: float
    ) -> bytes:
        # Here: importing the app loads no client, and by now the process has it.
        from functions.edge.transport import AS_IT_COMES

        # Unpacked, a small answer may be a large one.
        plain = {**headers, "Accept-Encoding": "identity"}
        request = self._http.build_request(
            method, url, headers=plain, json=body, timeout=seconds, extensions={AS_IT_COMES: True}
        )
        answer = await self._http.send(request, stream=True)
        try:
            answer.raise_for_status()
            content = bytearray()
            async for chunk in answer.aiter_raw():
                content += chunk
                if len(content) > MOST_BYTES:
                    raise WorkerFailed(NOT_AGREED)
            return bytes(content)
        finally:
            await answer.aclose()

    def _headers(self, url: str) -> dict[str, str]:
        if self._tokens is None:
            raise WorkerFailed("WORKER_SECRET is not set")
        return {"Authorization": f"Bearer {self._tokens.call_token(url)}"}
