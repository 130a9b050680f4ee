"""What functions say to a chat worker over HTTP, and what it answers: POST ``/chat`` and ``/enhance``, GET ``/health``.

Every call carries a bearer token of ``shared.tokens.WorkerTokens``. Errors have the functions' shape.
With ``stream`` the answer of ``/chat`` is server-sent events: ``data: {"delta": "…"}`` for each piece of text, then
``event: done`` whose data is a ``ChatReply``, or ``event: error`` whose data is an error. What is refused before the
first piece is an HTTP error.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.conversation import ChatRequest
from shared.job_types import Family
from shared.wire import Message

# No database stores a NUL.
_Name = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
_Text = Annotated[str, Field(max_length=400_000, pattern=r"^[^\x00]*$")]
_Prompt = Annotated[str, Field(max_length=8_000, pattern=r"^[^\x00]*$")]


class _Generated(Message):
    """``generation_time`` is in seconds. ``finish_reason`` is ``length`` where ``max_tokens`` cut the answer.

    ``prompt_tokens`` counts what was really read, ``turns_left_out`` the first messages, for which there was no room.
    """

    success: Literal[True] = True
    model_used: _Name
    generation_time: float
    tokens_generated: int
    finish_reason: Literal["stop", "length"]
    prompt_tokens: int = 0
    turns_left_out: int = 0
    seed: int | None = None


class ChatReply(_Generated):
    """The answer of ``/chat``, and the last event of a streamed one."""

    response: _Text


class EnhanceRequest(ChatRequest):
    """What ``/enhance`` takes; never with ``stream``. ``prompt`` is the user's own words, the last message where it is
    left out, and ``reader`` the model family that will read what becomes of them.
    """

    prompt: _Prompt | None = None
    reader: Family = "sdxl"


class EnhanceReply(_Generated):
    """The answer of ``/enhance``. The figures are as ``shared/enhancement/figures.py`` computes them; all of them
    are of ``enhanced_prompt``, the prompt in the model's answer without its headings and remarks.

    ``enhancement_success`` is false where the answer holds no prompt; it is given as it was said then. ``token_count``
    is in tokens of the reader.
    """

    enhanced_prompt: _Prompt
    original_prompt: _Prompt | None = None
    enhancement_success: bool | None = None
    token_count: int | None = None
    quality_score: Annotated[float, Field(ge=0, le=1)] | None = None
    sdxl_optimizations: dict[str, bool | int] | None = None


class WorkerHealth(Message):
    """The answer of ``/health``. ``loading`` is up and not yet able to answer."""

    status: Literal["healthy", "loading"]
    worker_type: Literal["chat", "sdxl", "wan"]
    worker_id: str
    model_used: str | None = None
    capabilities: dict[str, Any] = Field(default_factory=dict)
