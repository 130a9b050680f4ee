"""A RunPod job that empties queues: takes element after element until none is left or a limit is reached."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from gpu_handler.attempt.outcome import Outcome
from gpu_handler.consumer import Consumer
from gpu_handler.retry import backoff_seconds
from shared.queue import QueueError

DEFAULT_SECONDS: Final = 600.0
QUEUE_TRIES: Final = 3


class Drain:
    """Takes no job after ``max_seconds``.

    Whoever starts a drain gives it an ``executionTimeout`` of ``max_seconds`` + 900 s: an attempt lasts 15 minutes at
    most, so a job taken in time can always be finished.
    """

    def __init__(
        self,
        consumer: Consumer,
        max_jobs: int | None = None,
        max_seconds: float = DEFAULT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._consumer = consumer
        self._max_jobs = max_jobs
        self._clock = clock
        self._until = clock() + max_seconds
        self._outcomes: Counter[Outcome] = Counter()

    def run(self) -> dict[str, Any]:
        """How many attempts ended how (``processed`` is their sum), and why the drain ended.

        Raises ``ModelUnavailable``.
        """
        self._consumer.load()
        ended_by = self._serve()
        attempts = {outcome.value: self._outcomes[outcome] for outcome in Outcome}
        result = {"processed": self._processed(), **attempts, "ended_by": ended_by}
        return result | ({"error": "The queue does not answer."} if ended_by == "queue_unavailable" else {})

    def stop(self) -> None:
        self._consumer.stop()

    def _serve(self) -> str:
        while True:
            if self._consumer.stopping.is_set():
                return "stopped"
            if self._max_jobs is not None and self._processed() >= self._max_jobs:
                return "max_jobs"
            if self._clock() >= self._until:
                return "max_seconds"
            try:
                outcome = self._serve_one()
            except QueueError:
                return "queue_unavailable"
            if outcome is None:
                return "empty"
            self._outcomes[outcome] += 1

    def _serve_one(self) -> Outcome | None:
        for failures in range(1, QUEUE_TRIES):
            try:
                return self._consumer.serve_one()
            except QueueError:
                self._consumer.stopping.wait(backoff_seconds(failures))
        return self._consumer.serve_one()

    def _processed(self) -> int:
        return self._outcomes.total() - self._outcomes[Outcome.DROPPED]
