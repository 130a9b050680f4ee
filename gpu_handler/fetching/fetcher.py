"""The one place that requests a URL which a user named."""

import logging
import ssl
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Final

import httpcore
import httpx

from gpu_handler.fetching.addresses import Address, Resolve, resolve, resolve_public
from gpu_handler.fetching.network import LimitedNetwork
from gpu_handler.fetching.refusal import PictureRefused
from gpu_handler.fetching.time_limit import TimeLimit
from gpu_handler.fetching.urls import joined, origin, parsed, require_fetchable
from gpu_handler.http import Unreachable, raise_if_passing
from shared.bounds import REFERENCE_BYTES

_SECONDS: Final = 30.0
"""The contract's, for a whole fetch with its redirects."""
_REDIRECTS: Final = 3
_REDIRECT_STATUSES: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final[Sequence[tuple[str, str]]] = (
    ("accept", "image/*"),
    # What is counted on its way in is then what lies in memory.
    ("accept-encoding", "identity"),
    ("connection", "close"),
    ("user-agent", "OurVidz reference pictures"),
)


class PictureFetcher:
    """One a process, safe between threads. It sends no cookie, no credential, and nothing through a proxy.

    ``hosts`` is ``REFERENCE_HOSTS``: names, suffixes that begin with a dot, or ``*``. Built on httpcore, not on httpx,
    for httpcore lets us choose the address of a connection while TLS still checks the name.
    """

    def __init__(
        self,
        hosts: Collection[str],
        *,
        resolve: Resolve = resolve,
        network: httpcore.NetworkBackend | None = None,
        trust: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # At DEBUG httpcore logs hosts and headers, and a ``Location`` may be signed.
        logging.getLogger("httpcore").setLevel(logging.WARNING)
        self._hosts = hosts
        self._resolve = resolve
        self._network = network or httpcore.SyncBackend()
        self._trust = trust or httpcore.default_ssl_context()
        self._clock = clock
        self._lookups = ThreadPoolExecutor(4, "lookup")

    def fetch(self, url: str, *, trusted_origin: str | None, stop: Event) -> bytes:
        """The body of a 200, at most ``REFERENCE_BYTES``.

        ``trusted_origin`` (``http://127.0.0.1:54321``) is our own storage's: its URLs may be of any scheme and address,
        and are never redirected. Raises ``PictureRefused`` for good, ``Unavailable`` where trying again may help and
        where ``stop`` was set.
        """
        limit = TimeLimit(_SECONDS, stop, self._clock)
        trusted = origin(parsed(trusted_origin)) if trusted_origin is not None else None
        target = parsed(url)
        for _ in range(1 + _REDIRECTS):
            is_ours = origin(target) == trusted
            require_fetchable(target, None if is_ours else self._hosts)
            answer = self._get(target, self._look_up if is_ours else self._look_up_public, limit)
            if isinstance(answer, bytes):
                return answer
            if is_ours or origin(answer) == trusted:
                raise PictureRefused("The reference picture's redirection is not allowed.")
            target = answer
        raise PictureRefused(f"The reference picture is redirected more than {_REDIRECTS} times.")

    def close(self) -> None:
        self._lookups.shutdown(wait=False)

    def _look_up(self, host: str) -> Future[Sequence[Address]]:
        return self._lookups.submit(self._resolve, host)

    def _look_up_public(self, host: str) -> Future[Sequence[Address]]:
        return self._lookups.submit(resolve_public, host, self._resolve)

    def _get(
        self, url: httpx.URL, look_up: Callable[[str], Future[Sequence[Address]]], limit: TimeLimit
    ) -> bytes | httpx.URL:
        """One request, over a connection of its own: the body, or where it is redirected to."""
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        headers = [("host", url.netloc.decode("ascii")), *_HEADERS]
        network = LimitedNetwork(self._network, look_up, limit)
        try:
            with (
                httpcore.HTTPConnection(target.origin, self._trust, network_backend=network) as connection,
                connection.stream("GET", target, headers=headers) as response,
            ):
                answered = httpx.Headers(response.headers)
                if response.status in _REDIRECT_STATUSES and "location" in answered:
                    return joined(url, answered["location"])
                _check(response.status, answered)
                return _body(response)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                raise PictureRefused("The reference picture's server has no valid certificate.") from None
            raise Unreachable(type(error).__name__) from None


def _check(status: int, headers: httpx.Headers) -> None:
    raise_if_passing(status, headers)
    if status != 200:
        raise PictureRefused(f"The reference picture could not be fetched (HTTP {status}).")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise PictureRefused("The reference picture's server sends it compressed, although asked not to.")


def _body(response: httpcore.Response) -> bytes:
    """Counted as it comes: whatever was promised of its length proves nothing."""
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > REFERENCE_BYTES:
            raise PictureRefused(f"The reference picture is larger than {REFERENCE_BYTES // 1024**2} MB.")
    return bytes(body)
