"""The test double: answers that a test wrote down, and the calls that were made."""

from collections import deque
from collections.abc import AsyncGenerator
from typing import Any

from shared.conversation import ChatRequest
from shared.worker_messages import ChatReply, EnhanceReply, EnhanceRequest, WorkerHealth


class MemoryWorkers:
    """``Workers`` that gives what was put into ``answers`` in order, or raises those that are exceptions.

    The answer to ``stream_chat`` is a list: pieces, then the reply or an exception.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, ChatRequest | None]] = []
        """What was asked (``health``, ``chat``, ``enhance``), of which URL, with what."""
        self.answers: deque[Any] = deque()
        self.closed = 0
        """How many streams came to their end or were closed before it."""

    async def health(self, url: str, seconds: float) -> WorkerHealth:  # noqa: ARG002
        health: WorkerHealth = self._answer("health", url, None)
        return health

    async def chat(self, url: str, request: ChatRequest, seconds: float) -> ChatReply:  # noqa: ARG002
        reply: ChatReply = self._answer("chat", url, request)
        return reply

    async def stream_chat(
        self,
        url: str,
        request: ChatRequest,
        seconds: float,  # noqa: ARG002
    ) -> AsyncGenerator[str | ChatReply]:
        try:
            for piece in self._answer("stream_chat", url, request):
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.closed += 1

    async def enhance(self, url: str, request: EnhanceRequest, seconds: float) -> EnhanceReply:  # noqa: ARG002
        reply: EnhanceReply = self._answer("enhance", url, request)
        return reply

    def _answer(self, what: str, url: str, request: ChatRequest | None) -> Any:
        self.calls.append((what, url, request))
        answer = self.answers.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer
