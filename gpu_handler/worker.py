"""A worker: one attempt after another, until it is told to stop."""

from collections.abc import Collection
from threading import Event, Lock

from gpu_handler.attempt.attempt import Attempt
from gpu_handler.attempt.claim import claim
from gpu_handler.attempt.equipment import Equipment, loaded
from gpu_handler.attempt.outcome import Outcome
from gpu_handler.intake import Ticket


class Worker:
    """``stop`` may be called by any thread."""

    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment
        self._lock = Lock()
        self._attempt: Attempt | None = None
        self.stopping = Event()

    def load(self, families: Collection[str]) -> None:
        """Load the models of these families before a job has to wait for them. Raises ``ModelUnavailable``."""
        for family, generator in self._equipment.generators.items():
            if family in families:
                loaded(generator)
        # Some of WAN's job types have their prompts written first.
        if self._equipment.writer is not None and not {"chat", "wan"}.isdisjoint(families):
            loaded(self._equipment.writer)

    def run(self, ticket: Ticket) -> Outcome:
        """Claim the job and see the attempt to its end."""
        if self.stopping.is_set():
            # Not even claimed: the sweep hands the job out again within seconds, at no attempt's cost.
            return Outcome.DROPPED
        granted = claim(ticket, self._equipment.callback, self._equipment.worker_id, self.stopping)
        if granted is None:
            return Outcome.DROPPED
        attempt = Attempt(granted, self._equipment, self.stopping)
        with self._lock:
            self._attempt = attempt
            too_late = self.stopping.is_set()
        if too_late:
            attempt.hand_back()
            return Outcome.PREEMPTED
        try:
            return attempt.run()
        finally:
            with self._lock:
                self._attempt = None

    def stop(self) -> None:
        """Hand the running attempt back, now; ``run`` then ends within one step of its generator."""
        with self._lock:
            self.stopping.set()
            attempt = self._attempt
        if attempt is not None:
            attempt.hand_back()
