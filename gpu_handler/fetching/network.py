"""A network of httpcore's that connects to what was looked up once and waits no longer than it may.

httpcore asks it for a connection to a host name, and lets TLS check the certificate of that name afterwards.
"""

import ssl
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final

import httpcore

from gpu_handler.fetching.addresses import Address
from gpu_handler.fetching.time_limit import TimeLimit
from gpu_handler.http import Unreachable

_CONNECT_SECONDS: Final = 5.0
"""For one address, and for the TLS handshake."""
_LOOK_SECONDS: Final = 0.5
"""A wait is cut into pieces, so that a stop is soon seen."""
_SILENT_LOOKS: Final = 20
"""Ten seconds without a byte are a broken connection."""


class LimitedNetwork(httpcore.NetworkBackend):
    """Of one fetch. ``look_up`` begins a lookup of a host; time-outs are the limit's, not the caller's."""

    def __init__(
        self, network: httpcore.NetworkBackend, look_up: Callable[[str], Future[Sequence[Address]]], limit: TimeLimit
    ) -> None:
        self._network = network
        self._look_up = look_up
        self._limit = limit

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """The first address that answers. Its text is a number, so that nothing looks it up again."""
        trouble: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in self._addresses(host):
            seconds = self._limit.left(_CONNECT_SECONDS)
            try:
                stream = self._network.connect_tcp(str(address), port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
            else:
                return _LimitedStream(stream, self._limit)
        raise trouble or httpcore.ConnectError("no address")

    def _addresses(self, host: str) -> Sequence[Address]:
        found = self._look_up(host)
        while True:
            try:
                return found.result(self._limit.left(_LOOK_SECONDS))
            except TimeoutError:
                # No resolver can be told how long it may take: it is left behind when the time is up.
                continue
            except OSError as error:
                raise Unreachable(type(error).__name__) from None


class _LimitedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, limit: TimeLimit) -> None:
        self._stream = stream
        self._limit = limit

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        for _ in range(_SILENT_LOOKS):
            with suppress(httpcore.ReadTimeout):
                return self._stream.read(max_bytes, self._limit.left(_LOOK_SECONDS))
        raise httpcore.ReadTimeout

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._limit.left(_CONNECT_SECONDS))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._limit.left(_CONNECT_SECONDS))
        return _LimitedStream(stream, self._limit)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
