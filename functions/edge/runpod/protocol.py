"""The seam and its error."""

from typing import Protocol


class RunPodUnavailable(Exception):
    """RunPod cannot be reached or refuses; the text names no key."""


class RunPod(Protocol):
    async def drain(self, queue: str) -> None:
        """Ask for a worker that takes jobs until the queue is empty. Raises ``RunPodUnavailable``."""
