"""A chat worker's answer as it is said: server-sent events (``shared/worker_messages.py``), read and checked."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx
from pydantic_core import from_json

from functions.edge.workers.failures import MOST_BYTES, NOT_AGREED, told
from functions.edge.workers.protocol import WorkerFailed
from shared.conversation import ChatRequest
from shared.worker_messages import ChatReply


async def stream_chat(
    http: httpx.AsyncClient, url: str, headers: dict[str, str], request: ChatRequest, seconds: float
) -> AsyncGenerator[str | ChatReply]:
    """As ``Workers.stream_chat`` promises."""
    deadline = asyncio.get_running_loop().time() + seconds
    with told(seconds):
        # A bound on each wait, not one around all: between two pieces this belongs to whoever asks for the next.
        async with asyncio.timeout_at(deadline):
            answer = await http.send(_asked(http, url, headers, request, seconds), stream=True)
        try:
            _check(answer)
            events = _events(answer)
            said = ""
            while True:
                async with asyncio.timeout_at(deadline):
                    event = await anext(events, None)
                if event is None:
                    raise WorkerFailed("it broke off")
                name, data = event
                if name == "done":
                    yield _reply(data, said)
                    return
                piece = _piece(name, data)
                said += piece
                if len(said) > MOST_BYTES:
                    raise WorkerFailed(NOT_AGREED)
                yield piece
        finally:
            await answer.aclose()


def _asked(
    http: httpx.AsyncClient, url: str, headers: dict[str, str], request: ChatRequest, seconds: float
) -> httpx.Request:
    # Here: importing the app loads no client, and by now the process has it.
    from functions.edge.transport import AS_IT_COMES

    body = request.model_copy(update={"stream": True}).model_dump(mode="json", exclude_none=True)
    return http.build_request(
        "POST", f"{url}/chat", json=body, headers=headers, timeout=seconds, extensions={AS_IT_COMES: True}
    )


def _check(answer: httpx.Response) -> None:
    answer.raise_for_status()
    if not answer.headers.get("content-type", "").startswith("text/event-stream"):
        raise WorkerFailed(NOT_AGREED)


async def _events(answer: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """Each one's name and its data. A worker ends lines with a line feed and writes the data in one."""
    buffer = b""
    async for chunk in answer.aiter_bytes():
        *blocks, buffer = (buffer + chunk).split(b"\n\n")
        if len(buffer) > MOST_BYTES:
            raise WorkerFailed(NOT_AGREED)
        for block in blocks:
            name, _, data = block.rpartition(b"data: ")
            try:
                # Unlike Python's own, it takes no half of a surrogate pair.
                yield name.removeprefix(b"event: ").strip().decode(), from_json(data, allow_inf_nan=False)
            except ValueError:
                raise WorkerFailed(NOT_AGREED) from None


def _piece(name: str, data: Any) -> str:
    if name == "error":
        raise WorkerFailed("it broke off")
    piece = data.get("delta") if isinstance(data, dict) else None
    if name or not isinstance(piece, str) or "\0" in piece:
        raise WorkerFailed(NOT_AGREED)
    return piece


def _reply(data: Any, said: str) -> ChatReply:
    reply = ChatReply.model_validate(data)
    if reply.response != said:
        raise WorkerFailed("its answer is not what it said")
    return reply
