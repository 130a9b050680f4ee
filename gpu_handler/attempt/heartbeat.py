"""The thread that reports progress, renews the lease and learns of a cancellation while the generator works."""

import logging
import time
from threading import Condition, Thread
from types import TracebackType
from typing import Self

from gpu_handler.attempt.interruption import Interruption, Reason
from gpu_handler.attempt.pulse import Pulse
from gpu_handler.callback import AttemptOver, CallbackRefused, JobCallback
from gpu_handler.retry import Unavailable
from shared.messages import Output

_logger = logging.getLogger(__name__)


class Heartbeat:
    """Use it in a ``with``: leaving waits for a report under way, at most its time-out."""

    def __init__(
        self,
        callback: JobCallback,
        token: str,
        job_id: str,
        stall_seconds: float,
        interruption: Interruption,
    ) -> None:
        self._callback = callback
        self._token = token
        self._job_id = job_id
        self._interruption = interruption
        self._pulse = Pulse(job_id, stall_seconds, time.monotonic())
        self._changed = Condition()
        self._closed = False
        self._thread = Thread(target=self._run, name=f"heartbeat {job_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def moved(self, progress: float, stage: str) -> None:
        """``progress`` runs from 0 to 1."""
        with self._changed:
            self._pulse.moved(progress, stage, time.monotonic())
            self._changed.notify()

    def wrote(self, text: str) -> None:
        """``text`` is all of the answer until now."""
        with self._changed:
            self._pulse.wrote(text)

    def delivered(self, output: Output) -> None:
        with self._changed:
            self._pulse.delivered(output, time.monotonic())
            self._changed.notify()

    def _run(self) -> None:
        while self._wait_until_due():
            self._beat()

    def _wait_until_due(self) -> bool:
        """False once there is nobody left to report to."""
        with self._changed:
            while not self._closed and not self._interruption.event.is_set():
                due = self._pulse.due_at()
                wait = None if due is None else due - time.monotonic()
                if wait is not None and wait <= 0:
                    return True
                self._changed.wait(wait)
        return False

    def _beat(self) -> None:
        with self._changed:
            report = self._pulse.report(time.monotonic())
        try:
            reply = self._callback.progress(self._token, report)
        except AttemptOver as over:
            _logger.info("Job %s is no longer ours: %s.", self._job_id, over)
            self._interruption.request(Reason.SUPERSEDED)
            return
        except Unavailable as error:
            with self._changed:
                self._pulse.failed(time.monotonic(), error.retry_after)
            return
        except CallbackRefused as refusal:
            # The end report names every output again and gets the reason.
            _logger.warning("A progress report of job %s was refused: %s.", self._job_id, refusal)
        else:
            if reply.cancelled:
                self._interruption.request(Reason.CANCELLED)
        with self._changed:
            self._pulse.settled(report)
