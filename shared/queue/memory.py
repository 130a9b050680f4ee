"""The test double: both sides over lists in this process."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

from shared.queue.protocol import QueueError


class MemoryQueue:
    """A ``QueueWriter`` and a ``QueueReader``. Set ``broken`` to have every call raise ``QueueError``."""

    def __init__(self) -> None:
        self.lists: defaultdict[str, deque[str]] = defaultdict(deque)
        self.broken = False

    async def push(self, elements: Mapping[str, Sequence[str]]) -> None:
        await self.ping()
        for queue, texts in elements.items():
            self.lists[queue].extend(texts)

    async def rewrite(self, elements: Mapping[str, Sequence[str]]) -> None:
        await self.ping()
        for queue, texts in elements.items():
            self.lists[queue] = deque(texts)

    async def lengths(self, queues: Sequence[str]) -> dict[str, int]:
        await self.ping()
        return {queue: len(self.lists[queue]) for queue in queues}

    async def ping(self) -> None:
        if self.broken:
            raise QueueError("the queue is down")

    async def aclose(self) -> None:
        self.lists.clear()

    def take(self, queues: Sequence[str]) -> str | None:
        if self.broken:
            raise QueueError("the queue is down")
        for queue in queues:
            if self.lists[queue]:
                return self.lists[queue].popleft()
        return None

    def close(self) -> None:
        self.lists.clear()
