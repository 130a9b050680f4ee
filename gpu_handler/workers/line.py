"""One request at a time on the model, a few that wait, and no more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from gpu_handler.workers.errors import Refused
from shared.errors import ErrorCode

RETRY_SECONDS: Final = 5


class Line:
    """First come, first served. ``waiting_limit`` may wait beside the one that is served."""

    def __init__(self, waiting_limit: int) -> None:
        self._places = waiting_limit + 1
        self._taken = 0
        self._model = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Inside, the model is ours. Raises ``Refused`` (503) at once where too many wait."""
        if self._taken >= self._places:
            raise Refused(ErrorCode.QUEUE_FULL, "The worker has enough to do.", retry_after=RETRY_SECONDS)
        self._taken += 1
        try:
            async with self._model:
                yield
        finally:
            self._taken -= 1
