"""The last word on an attempt: said once, and repeated until it is heard or the attempt's token has ended."""

import logging
import time
from threading import Event, Lock
from typing import Final

import jwt

from gpu_handler.attempt.outcome import Outcome, outcome_of
from gpu_handler.callback import AttemptOver, CallbackRefused, JobCallback
from gpu_handler.retry import Unavailable, call_with_retries
from shared.messages import EndReport

DEFAULT_LIFETIME_SECONDS: Final = 900.0
"""Of a token that names no end: an attempt may last 15 minutes."""
SHORTEST_TRY_SECONDS: Final = 60.0
GRACE_SECONDS: Final = 20.0
"""How long a worker that was told to stop goes on reporting; platforms kill it about 30 s after the signal."""

_logger = logging.getLogger(__name__)


class Ending:
    """Several threads may end an attempt; the first decides how."""

    def __init__(self, callback: JobCallback, token: str, stop: Event) -> None:
        self._callback = callback
        self._token = token
        self._stop = stop
        self._ends_at = time.monotonic() + token_lifetime(token)
        self._lock = Lock()
        self._outcome: Outcome | None = None

    def say(self, report: EndReport) -> Outcome:
        """Deliver the report, unless another was first; returns how the attempt ended."""
        with self._lock:
            if self._outcome is None:
                self._outcome = self._deliver(report)
            return self._outcome

    def _deliver(self, report: EndReport) -> Outcome:
        try:
            call_with_retries(
                lambda: self._callback.end(self._token, report),
                seconds=max(self._ends_at - time.monotonic(), SHORTEST_TRY_SECONDS),
                stop=self._stop,
                grace=GRACE_SECONDS,
            )
        except AttemptOver as over:
            _logger.info("Job %s ended without this report (%s): %s.", report.job_id, report.status, over)
            return Outcome.SUPERSEDED
        except CallbackRefused as refusal:
            _logger.error("The end (%s) of job %s was refused: %s.", report.status, report.job_id, refusal)
            return Outcome.UNREPORTED
        except Unavailable as error:
            _logger.error("The end (%s) of job %s was never delivered: %s.", report.status, report.job_id, error)
            return Outcome.UNREPORTED
        return outcome_of(report)


def token_lifetime(token: str) -> float:
    """Seconds from the token's making to its end, both by the clock of whoever made it. The signature is not ours."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        return float(claims["exp"]) - float(claims["iat"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
        return DEFAULT_LIFETIME_SECONDS
