"""Those who wait for the model are answered together, a few may wait meanwhile, and no more."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from gpu_handler.generators.chat.answers import Asking, Said
from gpu_handler.stopping import run_in_thread
from gpu_handler.workers.errors import Refused
from shared.conversation import ChatRequest
from shared.errors import ErrorCode

RETRY_SECONDS: Final = 5


class Line:
    """First come, first served: up to ``batch`` at once; whoever comes while they are answered waits for the next
    batch. ``waiting_limit`` may wait.

    ``answer`` is called in a thread, once for each batch.
    """

    def __init__(self, answer: Callable[[Sequence[Asking]], None], batch: int, waiting_limit: int) -> None:
        self._answer = answer
        self._batch = batch
        self._waiting_limit = waiting_limit
        self._waiting: list[_Place] = []
        self._serving: asyncio.Task[None] | None = None
        self._is_answering = False

    async def said(self, request: ChatRequest, on_text: Callable[[str], None]) -> Said:
        """The answer; ``on_text`` is called in this event loop. Whoever is cancelled is answered no further.

        Raises ``Refused`` (503) at once where too many wait, and what the model's answer fails with.
        """
        room = self._waiting_limit if self._is_answering else self._waiting_limit + self._batch
        if len(self._waiting) >= room:
            raise Refused(ErrorCode.QUEUE_FULL, "The worker has enough to do.", retry_after=RETRY_SECONDS)
        place = _Place(request, on_text)
        self._waiting.append(place)
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve())
        try:
            return await asyncio.shield(place.end)
        except asyncio.CancelledError:
            place.is_left = True
            if place in self._waiting:
                self._waiting.remove(place)
            else:
                # Within a token.
                await asyncio.wait([place.end])
            raise

    async def _serve(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._batch], self._waiting[self._batch :]
                self._is_answering = True
                await self._answer_batch(batch)
                self._is_answering = False
        finally:
            self._is_answering = False
            self._serving = None

    async def _answer_batch(self, batch: Sequence["_Place"]) -> None:
        def leave() -> None:
            for place in batch:
                place.is_left = True

        failure: Exception = RuntimeError("the batch ended without an answer")
        try:
            await run_in_thread(lambda: self._answer([place.asking for place in batch]), leave)
        except Exception as error:
            failure = error
        finally:
            for place in batch:
                place.ended(failure)


class _Place:
    """Somebody's, from their coming to the end of their answer."""

    def __init__(self, request: ChatRequest, on_text: Callable[[str], None]) -> None:
        loop = asyncio.get_running_loop()

        def heard(text: str) -> None:
            loop.call_soon_threadsafe(on_text, text)

        def ended(end: Said | Exception) -> None:
            loop.call_soon_threadsafe(self.ended, end)

        self.is_left = False
        self.end: asyncio.Future[Said] = loop.create_future()
        # Nobody may be there any more to hear of a failure.
        self.end.add_done_callback(lambda end: end.exception())
        self.asking = Asking(request, heard, lambda: self.is_left, ended)

    def ended(self, end: Said | Exception) -> None:
        """The first end counts."""
        if self.end.done():
            return
        if isinstance(end, Exception):
            self.end.set_exception(end)
        else:
            self.end.set_result(end)
