"""How long one fetch may take in all."""

from collections.abc import Callable
from threading import Event

from gpu_handler.http import Unreachable
from gpu_handler.retry import Unavailable


class TimeLimit:
    """Runs from now on. ``clock`` is in seconds."""

    def __init__(self, seconds: float, stop: Event, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._deadline = clock() + seconds
        self._stop = stop

    def left(self, at_most: float) -> float:
        """How long to wait now, in seconds. Raises ``Unavailable`` once the time is up or ``stop`` is set."""
        if self._stop.is_set():
            raise Unavailable("the worker was told to stop")
        left = self._deadline - self._clock()
        if left <= 0:
            raise Unreachable("the time for one picture is up")
        return min(left, at_most)
