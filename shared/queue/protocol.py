"""The seam. Elements are JSON text; the oldest leaves a list first."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class QueueError(Exception):
    """Redis did not do what was asked, or did not answer in time (then it may still have done it)."""


class QueueWriter(Protocol):
    """The functions' side."""

    async def push(self, elements: Mapping[str, Sequence[str]]) -> None:
        """Put elements, oldest first, behind those already in each named list. Raises ``QueueError``."""

    async def rewrite(self, elements: Mapping[str, Sequence[str]]) -> None:
        """Make each named list hold exactly these elements, oldest first, all at once. Raises ``QueueError``."""

    async def lengths(self, queues: Sequence[str]) -> dict[str, int]:
        """How many elements each named list holds. Raises ``QueueError``."""

    async def ping(self) -> None:
        """Raises ``QueueError`` when Redis does not answer."""

    async def aclose(self) -> None: ...


class QueueReader(Protocol):
    """The worker's side: it may take, and nothing else."""

    def take(self, queues: Sequence[str]) -> str | None:
        """The oldest element of the first named list that has one, or ``None``. Raises ``QueueError``."""

    def close(self) -> None: ...
