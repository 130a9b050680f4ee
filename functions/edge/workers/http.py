"""Over HTTP, with a token made for the one call."""

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

import httpx

from functions.edge.workers.failures import told
from functions.edge.workers.protocol import WorkerFailed
from functions.edge.workers.streaming import stream_chat
from shared.messages import Message
from shared.tokens import WorkerTokens
from shared.worker_messages import ChatReply, ChatRequest, EnhanceReply, WorkerHealth

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

    async def enhance(self, url: str, request: ChatRequest, seconds: float) -> EnhanceReply:
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
                answer = await self._http.request(method, url, headers=headers, json=body, timeout=seconds)
            answer.raise_for_status()
            return reply.model_validate_json(answer.content)

    def _headers(self, url: str) -> dict[str, str]:
        if self._tokens is None:
            raise WorkerFailed("WORKER_SECRET is not set")
        return {"Authorization": f"Bearer {self._tokens.call_token(url)}"}
