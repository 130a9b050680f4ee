"""A worker tells the functions where it is, and goes on telling as its heartbeat."""

import logging
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

import httpx
from pydantic import SecretStr

from gpu_handler.http import send
from gpu_handler.retry import Unavailable, backoff_seconds

HEARTBEAT_SECONDS: Final = 30.0
"""The functions forget a worker after three of them."""
_TIMEOUT: Final = httpx.Timeout(15.0, connect=5.0)
_BACKOFF_SECONDS: Final = 0.5

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Registration:
    """``url`` is the function to call; ``secret`` goes there and nowhere else, redirects are not followed."""

    client: httpx.Client
    url: str
    secret: SecretStr
    body: dict[str, Any]

    def keep(self, stop: Event) -> None:
        """Register until ``stop``: every 30 s, and after a failure sooner, ever less often."""
        failures = 0
        while not stop.is_set():
            try:
                self._register()
            except Unavailable as error:
                failures += 1
                if failures == 1:
                    _logger.warning("The functions do not register this worker (%s); trying on.", error)
                wait = max(backoff_seconds(failures, base=_BACKOFF_SECONDS), error.retry_after or 0.0)
                stop.wait(min(wait, HEARTBEAT_SECONDS))
                continue
            if failures:
                _logger.info("The functions know this worker again.")
            failures = 0
            stop.wait(HEARTBEAT_SECONDS)

    def _register(self) -> None:
        headers = {"Authorization": f"Bearer {self.secret.get_secret_value()}"}
        answer = send(self.client, "POST", self.url, _TIMEOUT, json=self.body, headers=headers)
        if not answer.is_success:
            raise Unavailable(f"HTTP {answer.status_code}")
