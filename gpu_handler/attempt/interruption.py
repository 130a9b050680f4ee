"""How a running attempt is told to stop: by its user, by a newer attempt, or because the machine goes away."""

from enum import Enum, auto
from threading import Event, Lock


class Reason(Enum):
    CANCELLED = auto()
    """The user asked."""
    SUPERSEDED = auto()
    """The job ended, or a newer attempt owns it."""
    PREEMPTED = auto()
    """The worker was told to stop."""


class Interrupted(Exception):
    """Raised inside a generator by its ``on_step`` callback."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.name.lower())
        self.reason = reason


class Interruption:
    """One attempt's stop flag. Any thread may request; the first reason stays."""

    def __init__(self) -> None:
        self.event = Event()
        self._lock = Lock()
        self.reason: Reason | None = None

    def request(self, reason: Reason) -> None:
        with self._lock:
            if self.reason is None:
                self.reason = reason
        self.event.set()

    def check(self) -> None:
        """Raises ``Interrupted`` once a stop was requested."""
        if self.reason is not None:
            raise Interrupted(self.reason)
