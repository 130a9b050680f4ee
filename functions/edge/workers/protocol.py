"""The seam and its errors."""

from collections.abc import AsyncGenerator
from typing import Protocol

from functions.edge.errors import ApiError
from shared.conversation import ChatRequest
from shared.errors import ErrorCode
from shared.worker_messages import ChatReply, EnhanceReply, EnhanceRequest, WorkerHealth


class WorkerFailed(ApiError):
    """The worker cannot be reached, refuses, or its answer is not what was agreed: 502."""

    def __init__(self, reason: str) -> None:
        super().__init__(ErrorCode.WORKER_FAILED, "The worker could not answer.", reason)


class WorkerTimeout(ApiError):
    """The worker did not answer in time: 504."""

    def __init__(self, seconds: float) -> None:
        super().__init__(ErrorCode.WORKER_TIMEOUT, f"The worker did not answer within {seconds:g} s.")


class Workers(Protocol):
    """``url`` is a worker's, as it was registered. Every method raises ``WorkerFailed`` and ``WorkerTimeout``."""

    async def health(self, url: str, seconds: float) -> WorkerHealth:
        """What the worker says of itself."""

    async def chat(self, url: str, request: ChatRequest, seconds: float) -> ChatReply:
        """The whole answer."""

    def stream_chat(self, url: str, request: ChatRequest, seconds: float) -> AsyncGenerator[str | ChatReply]:
        """The answer piece by piece, and then the whole of it. Close it to have the worker stop.

        ``seconds`` is for all of it; nothing is asked before the first piece is.
        """

    async def enhance(self, url: str, request: EnhanceRequest, seconds: float) -> EnhanceReply:
        """A better prompt."""
