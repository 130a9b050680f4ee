"""The process's one HTTP client, and one call of it with every passing trouble turned into ``Unavailable``."""

import logging
import time
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from gpu_handler.retry import Unavailable

_PASSING_STATUSES: Final = frozenset({408, 425, 429})


class Unreachable(Unavailable):
    """No answer came: connection, name or time-out. What was sent may still have arrived."""


def new_client() -> httpx.Client:
    """Safe to share between threads. Every call sets its own time-outs."""
    # At INFO httpx logs whole URLs, and a signed URL is a credential.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx.Client(follow_redirects=False)


def send(client: httpx.Client, method: str, url: str, timeout: httpx.Timeout, **options: Any) -> httpx.Response:
    """One request; any status but a passing one is returned. Raises ``Unavailable``, whose text holds no URL."""
    try:
        response = client.request(method, url, timeout=timeout, **options)
    except httpx.RequestError as error:
        raise Unreachable(type(error).__name__) from error
    raise_if_passing(response.status_code, response.headers)
    return response


def raise_if_passing(status: int, headers: httpx.Headers) -> None:
    """Raises ``Unavailable`` for a status that may be another one next time."""
    if status >= 500 or status in _PASSING_STATUSES:
        raise Unavailable(f"HTTP {status}", _retry_after(headers))


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds until the server wants to be asked again; the header holds seconds or a date (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after", "")
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
