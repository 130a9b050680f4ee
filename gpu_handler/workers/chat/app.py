"""The HTTP face over one generator."""

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from gpu_handler.generators.chat.answers import Said
from gpu_handler.generators.chat.generator import ChatGenerator
from gpu_handler.workers.auth import only_functions
from gpu_handler.workers.chat.content import check_content
from gpu_handler.workers.chat.enhancement import enhancement_of
from gpu_handler.workers.chat.settings import ChatSettings
from gpu_handler.workers.chat.speech import Speech
from gpu_handler.workers.errors import EXCEPTION_HANDLERS, Refused
from gpu_handler.workers.line import Line
from gpu_handler.workers.middleware import WorkerMiddleware
from shared.conversation import MAX_TOKENS, ChatRequest
from shared.errors import ErrorCode
from shared.tokens import WorkerTokens
from shared.wire import Message
from shared.worker_messages import ChatReply, EnhanceReply, EnhanceRequest, WorkerHealth


def create_app(settings: ChatSettings, generator: ChatGenerator) -> FastAPI:
    """``generator`` may still be loading: until it is done, only health is answered."""
    app = FastAPI(openapi_url=None, exception_handlers=EXCEPTION_HANDLERS, redirect_slashes=False)
    app.add_middleware(WorkerMiddleware)
    line = Line(generator.answer_together, settings.chat_batch, settings.chat_waiting)
    tokens = WorkerTokens(settings.worker_secret.get_secret_value())
    guarded: Any = [only_functions(tokens, settings.url)]

    def speech(order: ChatRequest, request: Request) -> Speech:
        if not generator.is_loaded:
            raise Refused(ErrorCode.MODEL_LOADING, "The model is being loaded.")
        check_content(order)
        return Speech(line, order, request)

    @app.get("/health", dependencies=guarded)
    async def health() -> WorkerHealth:
        return WorkerHealth(
            status="healthy" if generator.is_loaded else "loading",
            worker_type="chat",
            worker_id=settings.worker_id,
            model_used=generator.variant,
            capabilities=capabilities(generator),
        )

    @app.post("/chat", dependencies=guarded)
    async def chat(order: ChatRequest, request: Request) -> Response:
        answer = speech(order, request)
        if not order.stream:
            said = await answer.said()
            return _json(ChatReply(response=said.text, **_told(said, generator)))
        pieces = answer.pieces()
        # The first piece is waited for: what is refused before it has a status of its own.
        first = await anext(pieces, "")
        return _EventStream(_events(first, pieces, answer, generator, request.state.request_id), answer)

    @app.post("/enhance", dependencies=guarded)
    async def enhance(order: EnhanceRequest, request: Request) -> Response:
        if order.stream:
            raise Refused(ErrorCode.INVALID_REQUEST, "stream: an enhanced prompt comes whole.")
        said = await speech(order, request).said()
        return _json(EnhanceReply(**enhancement_of(said.text, order), **_told(said, generator)))

    return app


def capabilities(generator: ChatGenerator) -> dict[str, Any]:
    """What a worker says it can do, in its registration and its health."""
    return {"model": generator.variant, "stream": True, "enhance": True, "max_tokens": MAX_TOKENS}


class _EventStream(StreamingResponse):
    """However its sending ends, the answer is made no further."""

    def __init__(self, events: AsyncIterator[str], answer: Speech) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._answer.leave()


async def _events(
    first: str, pieces: AsyncIterator[str], answer: Speech, generator: ChatGenerator, request_id: str
) -> AsyncIterator[str]:
    try:
        if first:
            yield _event({"delta": first})
        async for piece in pieces:
            yield _event({"delta": piece})
        said = await answer.said()
    except Refused as error:
        yield _event(error.body(request_id), "error")
        return
    yield _event(ChatReply(response=said.text, **_told(said, generator)).model_dump(mode="json"), "done")


def _event(data: dict[str, Any], name: str | None = None) -> str:
    # ASCII: what else ends a line differs from reader to reader.
    return (f"event: {name}\n" if name else "") + f"data: {json.dumps(data)}\n\n"


def _told(said: Said, generator: ChatGenerator) -> dict[str, Any]:
    return {
        "model_used": generator.variant,
        "generation_time": round(said.seconds, 3),
        "tokens_generated": said.answer_tokens,
        "finish_reason": said.finish_reason,
        "prompt_tokens": said.prompt_tokens,
        "turns_left_out": said.turns_left_out,
        "seed": said.seed,
    }


def _json(reply: Message) -> Response:
    return Response(reply.model_dump_json(), media_type="application/json")
