"""Repeated calls with full-jitter exponential backoff.

Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 (the "Full Jitter" variant).
"""

import random
import time
from collections.abc import Callable
from threading import Event
from typing import Final, TypeVar

BASE_SECONDS: Final = 0.25
CAP_SECONDS: Final = 10.0

_Result = TypeVar("_Result")


class Unavailable(Exception):
    """The other side did not answer, or asked to be called later. ``retry_after`` is in seconds."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


def backoff_seconds(failures: int, *, base: float = BASE_SECONDS, cap: float = CAP_SECONDS) -> float:
    """A random wait after the given number of failures in a row (1 or more)."""
    return random.uniform(0, min(cap, base * 2.0 ** (failures - 1)))  # noqa: S311  no secret is drawn


def call_with_retries(
    call: Callable[[], _Result],
    *,
    seconds: float,
    stop: Event,
    grace: float = 0.0,
    clock: Callable[[], float] = time.monotonic,
) -> _Result:
    """Call until it returns, for at most ``seconds``; once ``stop`` is set, for at most ``grace`` seconds more.

    Only ``Unavailable`` is retried; the last one is raised when the time is up. The first call is always made.
    """
    deadline = clock() + seconds
    stopping = False
    failures = 0
    while True:
        try:
            return call()
        except Unavailable as error:
            failures += 1
            wait = max(backoff_seconds(failures), error.retry_after or 0.0)
            if not stopping and stop.is_set():
                stopping = True
                deadline = min(deadline, clock() + grace)
            if clock() + wait > deadline:
                raise
            # Before the stop this wait ends early when it comes; after it the event no longer makes us wait.
            if stopping:
                time.sleep(wait)
            else:
                stop.wait(wait)
