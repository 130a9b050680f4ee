"""What functions say to a chat worker over HTTP, and what it answers: POST ``/chat`` and ``/enhance``, GET ``/health``.

Every call but ``/health`` carries a bearer token of ``shared.tokens.WorkerTokens``. Errors have the functions' shape.
With ``stream`` the answer of ``/chat`` is server-sent events: ``data: {"delta": "…"}`` for each piece of text, then
``event: done`` whose data is a ``ChatReply``, or ``event: error`` whose data is an error.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.messages import Message

MAX_TOKENS = 2048
"""The longest answer that may be asked for, in tokens of the model."""


class ChatTurn(Message):
    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(max_length=20_000)]


class ChatRequest(Message):
    """``messages`` in the order they were said. Temperature 0 is greedy; the same ``seed`` gives the same answer."""

    messages: Annotated[list[ChatTurn], Field(min_length=1, max_length=200)]
    max_tokens: Annotated[int, Field(ge=1, le=MAX_TOKENS)] = 512
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.7
    top_p: Annotated[float, Field(gt=0, le=1)] = 0.9
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    stream: bool = False


class ChatReply(Message):
    """``generation_time`` is in seconds. ``finish_reason`` is ``length`` where ``max_tokens`` cut the answer."""

    success: Literal[True] = True
    response: str
    model_used: str
    generation_time: float
    tokens_generated: int
    finish_reason: Literal["stop", "length"]


class EnhanceReply(Message):
    """The answer of ``/enhance``, which takes a ``ChatRequest`` without ``stream``."""

    success: Literal[True] = True
    enhanced_prompt: str
    model_used: str
    generation_time: float
    tokens_generated: int
    finish_reason: Literal["stop", "length"]


class WorkerHealth(Message):
    """The answer of ``/health``, which anybody may ask. ``loading`` is up and not yet able to answer."""

    status: Literal["healthy", "loading"]
    worker_type: Literal["chat", "sdxl", "wan"]
    worker_id: str
    model_used: str | None = None
    capabilities: dict[str, Any] = Field(default_factory=dict)
