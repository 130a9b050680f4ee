"""One element at a time, from the queue to the end of its attempt."""

import logging
import traceback
from collections.abc import Sequence

from gpu_handler.attempt.outcome import Outcome
from gpu_handler.intake import Malformed, read_element
from gpu_handler.worker import Worker
from shared.queue import QueueReader

_logger = logging.getLogger(__name__)


class Consumer:
    """Serves the first of ``queues`` that holds an element."""

    def __init__(self, queue: QueueReader, queues: Sequence[str], worker: Worker, callback_url: str) -> None:
        self._queue = queue
        self._queues = queues
        self._worker = worker
        self._callback_url = callback_url
        self.stopping = worker.stopping

    def load(self) -> None:
        """Load what the queues need before a job waits for it. Raises ``ModelUnavailable``."""
        self._worker.load([queue.removesuffix("_queue") for queue in self._queues])

    def serve_one(self) -> Outcome | None:
        """``None`` where every queue is empty. Raises ``QueueError``, and nothing else whatever the element holds."""
        text = self._queue.take(self._queues)
        if text is None:
            return None
        try:
            return self._worker.run(read_element(text, self._callback_url))
        except Malformed as reason:
            _logger.warning("A queue element was set aside: %s.", reason)
        except Exception as error:
            # Where, and not what: the message may quote the element.
            frames = "".join(traceback.format_tb(error.__traceback__))
            _logger.error("A queue element was set aside: %s at\n%s", type(error).__name__, frames)
        return Outcome.DROPPED

    def stop(self) -> None:
        """Hand the running attempt back, now. May be called by any thread."""
        self._worker.stop()
