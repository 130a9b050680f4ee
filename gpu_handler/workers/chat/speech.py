"""Answers in the making: piece by piece, and no longer than somebody listens."""

import asyncio
import logging
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request

from gpu_handler.failures import BadInput
from gpu_handler.generators.chat.answers import Said
from gpu_handler.workers.errors import Refused
from gpu_handler.workers.line import Line
from gpu_handler.workers.middleware import without_words
from shared.conversation import ChatRequest
from shared.errors import ErrorCode

_logger = logging.getLogger(__name__)


class Speech:
    """One answer. It is given up when the caller's connection ends, or when ``pieces`` is no longer read."""

    def __init__(self, line: Line, order: ChatRequest, request: Request) -> None:
        self._line = line
        self._pieces: asyncio.Queue[str | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._answer(order))
        self._task.add_done_callback(lambda _: self._pieces.put_nowait(None))
        self._watching = asyncio.create_task(self._watch(request))
        self._task.add_done_callback(lambda _: self._watching.cancel())

    async def pieces(self) -> AsyncIterator[str]:
        """Each as it comes. Raises ``Refused``; ``ClientDisconnect`` when nobody is there any more."""
        try:
            while (piece := await self._pieces.get()) is not None:
                yield piece
            await self.said()
        finally:
            self.leave()

    def leave(self) -> None:
        """Nobody listens any more."""
        self._task.cancel()

    async def said(self) -> Said:
        """The whole. Raises like ``pieces``."""
        try:
            return await self._task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if self._task.cancelled() and not (current and current.cancelling()):
                raise ClientDisconnect from None
            raise

    async def _answer(self, order: ChatRequest) -> Said:
        try:
            return await self._line.said(order, self._pieces.put_nowait)
        except Refused:
            raise
        except BadInput as error:
            raise Refused(ErrorCode.INVALID_REQUEST, str(error)) from None
        except Exception as error:
            _logger.error("An answer failed:\n%s", without_words(error))
            raise Refused(ErrorCode.INTERNAL, "The model failed.") from None

    async def _watch(self, request: Request) -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        self.leave()
