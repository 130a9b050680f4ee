"""What a server may do to a fetch: too much, too slowly, or something else than it said."""

import gzip
import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from ipaddress import IPv4Address
from threading import Event
from typing import Any

import httpcore
import pytest

from gpu_handler.fetching import PictureRefused
from gpu_handler.fetching.addresses import Address
from gpu_handler.fetching.network import LimitedNetwork
from gpu_handler.fetching.time_limit import TimeLimit
from gpu_handler.http import Unreachable
from gpu_handler.retry import Unavailable
from tests.fixtures.fetching import Fetching
from tests.fixtures.picture_site import HOST, PictureSite, answer, redirection

SECRET = "signed-url-secret"

Clock = Callable[[], float]


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("gpu_handler.fetching.fetcher.REFERENCE_BYTES", 100_000)
    return 100_000


def chunked(body: bytes, size: int = 10_000) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    yield b"0\r\n\r\n"


class TestBytes:
    def test_a_body_may_be_as_large_as_the_limit(self, fetching: Fetching, limit: int) -> None:
        fetching.site.says(answer(200, body=bytes(limit)))

        assert len(fetching.fetch()) == limit

    def test_a_byte_more_is_refused(self, fetching: Fetching, limit: int) -> None:
        fetching.site.says(answer(200, body=bytes(limit + 1)))

        with pytest.raises(PictureRefused, match="larger than"):
            fetching.fetch()

    def test_a_body_without_an_announced_length_is_counted_on_its_way(self, fetching: Fetching, limit: int) -> None:
        fetching.site.says(chunked(bytes(limit + 1)))

        with pytest.raises(PictureRefused, match="larger than"):
            fetching.fetch()

    def test_one_without_any_length_ends_with_the_connection(self, fetching: Fetching, limit: int) -> None:
        fetching.site.says([b"HTTP/1.0 200 OK\r\n\r\n", bytes(limit), b"x"])

        with pytest.raises(PictureRefused, match="larger than"):
            fetching.fetch()

    def test_our_own_storage_is_held_to_the_limit_too(
        self, fetching: Fetching, storage_site: PictureSite, ours: str, limit: int
    ) -> None:
        storage_site.says(answer(200, body=bytes(limit + 1)))

        with pytest.raises(PictureRefused, match="larger than"):
            fetching.fetch(ours, trusted_origin=ours)

    def test_the_limit_is_the_contract_s(self, fetching: Fetching) -> None:
        fetching.site.says([answer(200, length=10 * 1024**2 + 1), *[bytes(1024**2)] * 10, b"x"])

        with pytest.raises(PictureRefused, match="larger than 10 MB"):
            fetching.fetch()

    def test_a_length_that_is_too_small_ends_the_body_there(self, fetching: Fetching) -> None:
        fetching.site.says(answer(200, body=b"picture and more", length=7))

        assert fetching.fetch() == b"picture"

    def test_a_length_that_is_never_reached_is_a_broken_connection(self, fetching: Fetching) -> None:
        fetching.site.says(answer(200, body=b"picture", length=70))

        with pytest.raises(Unreachable):
            fetching.fetch()

    def test_headers_without_an_end_are_no_answer(self, fetching: Fetching) -> None:
        fetching.site.says([b"HTTP/1.1 200 OK\r\n", *[b"X: " + b"x" * 10_000 + b"\r\n"] * 20])

        with pytest.raises(Unreachable):
            fetching.fetch()


class TestEncodings:
    def test_only_bytes_as_they_are_are_asked_for(self, fetching: Fetching) -> None:
        fetching.site.says(answer(200, "Content-Encoding: identity", body=b"picture"))

        assert fetching.fetch() == b"picture"
        assert "accept-encoding: identity\r\n" in fetching.site.requests[0]

    @pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip", "GZIP"])
    def test_a_compressed_body_is_refused(self, fetching: Fetching, encoding: str) -> None:
        fetching.site.says(answer(200, f"Content-Encoding: {encoding}", body=gzip.compress(bytes(1000))))

        with pytest.raises(PictureRefused, match="compressed"):
            fetching.fetch()


class TestStatuses:
    @pytest.mark.parametrize("status", [204, 206, 300, 304, 400, 401, 403, 404, 410, 451])
    def test_one_that_stays_is_told_to_the_user(self, fetching: Fetching, status: int) -> None:
        fetching.site.says(answer(status, body=b""))

        with pytest.raises(PictureRefused, match=f"^The reference picture could not be fetched \\(HTTP {status}\\)"):
            fetching.fetch()

    @pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
    def test_one_that_passes_may_be_tried_again(self, fetching: Fetching, status: int) -> None:
        fetching.site.says(answer(status, "Retry-After: 7"))

        with pytest.raises(Unavailable, match=f"HTTP {status}") as raised:
            fetching.fetch()
        assert raised.value.retry_after == 7

    def test_what_is_no_http_is_a_broken_connection(self, fetching: Fetching) -> None:
        fetching.site.says(b"220 mail.example ESMTP\r\n\r\n")

        with pytest.raises(Unreachable):
            fetching.fetch()


class TestTime:
    """On a clock that goes on a second with every look at it."""

    @pytest.mark.parametrize("drips", ["headers", "body"])
    def test_a_server_that_drips_is_left_when_the_time_is_up(
        self, fetching: Fetching, ticking: Clock, drips: str
    ) -> None:
        whole = answer(200, "X: " + "x" * 100, body=bytes(100))
        at_once = 0 if drips == "headers" else whole.index(bytes(100))
        fetching.site.says([whole[:at_once], *(bytes([byte]) for byte in whole[at_once:])])

        with pytest.raises(Unreachable, match="time for one picture is up"):
            fetching.fetch(clock=ticking)

    def test_the_time_runs_on_over_redirections(self, fetching: Fetching) -> None:
        """Every request takes 16 seconds here."""
        whole = answer(200, body=b"picture")
        fetching.site.says(redirection("/b.png"), [whole[:20], whole[20:]])

        with pytest.raises(Unreachable, match="time for one picture is up"):
            fetching.fetch(clock=lambda: 16.0 * len(fetching.site.requests))

    def test_a_resolver_that_never_answers_is_left_behind(self, fetching: Fetching) -> None:
        times, done = iter([0.0, 0.0]), Event()

        def hangs(_: str) -> Sequence[Address]:
            done.wait()
            return []

        try:
            with pytest.raises(Unreachable, match="time for one picture is up"):
                fetching.fetch(resolve=hangs, clock=lambda: next(times, 30.0))
        finally:
            done.set()

    def test_a_silent_server_is_given_up(self, ticking: Clock) -> None:
        waits: list[float | None] = []

        class Silent(httpcore.NetworkBackend, httpcore.NetworkStream):
            def connect_tcp(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
                return self

            def read(self, _: int, timeout: float | None = None) -> bytes:
                waits.append(timeout)
                raise httpcore.ReadTimeout

        network = LimitedNetwork(Silent(), _looked_up, TimeLimit(100, Event(), ticking))

        with pytest.raises(httpcore.ReadTimeout):
            network.connect_tcp(HOST, 443).read(1)
        assert sum(wait or 1000 for wait in waits) == 10

    def test_no_wait_is_longer_than_what_is_left(self) -> None:
        assert TimeLimit(30, Event(), iter([0.0, 29.8]).__next__).left(5) == pytest.approx(0.2)


def _looked_up(_: str) -> Future[Sequence[Address]]:
    future: Future[Sequence[Address]] = Future()
    future.set_result([IPv4Address("8.8.8.8")])
    return future


class TestStop:
    def test_a_stopped_worker_begins_nothing(self, fetching: Fetching) -> None:
        fetching.stop.set()

        with pytest.raises(Unavailable, match="told to stop"):
            fetching.fetch()
        assert fetching.network.asked == []

    def test_a_stop_ends_a_body_under_way(self, fetching: Fetching) -> None:
        def stopped_half_way() -> Iterator[bytes]:
            yield answer(200, body=b"half", length=1000)
            fetching.stop.set()
            yield b"x"
            # More would come; whoever listens hangs up before.
            yield from [b"x"] * 995

        fetching.site.says(stopped_half_way())

        with pytest.raises(Unavailable, match="told to stop"):
            fetching.fetch()

    def test_a_stop_is_seen_while_the_server_is_silent(self, fetching: Fetching) -> None:
        hung_up = Event()

        def silent() -> Iterator[bytes]:
            fetching.stop.set()
            hung_up.wait()
            yield b""

        fetching.site.says(silent())

        try:
            with pytest.raises(Unavailable, match="told to stop"):
                fetching.fetch()
        finally:
            hung_up.set()


class TestSecrets:
    @pytest.mark.parametrize(
        "said",
        [
            answer(200, body=b"picture"),
            answer(404),
            answer(503),
            redirection(f"https://elsewhere.test/?token={SECRET}"),
            redirection(f"https://user:{SECRET}@{HOST}/"),
            answer(200, body=b"picture", length=70),
            b"no HTTP",
        ],
    )
    def test_no_url_is_in_a_log_line_or_an_error(
        self, fetching: Fetching, caplog: pytest.LogCaptureFixture, said: bytes
    ) -> None:
        fetching.site.says(said)
        text = ""

        with caplog.at_level(logging.DEBUG):
            try:
                fetching.fetch(f"https://{HOST}/a.png?token={SECRET}")
            except (PictureRefused, Unavailable) as error:
                text = "".join(traceback.format_exception(error))

        assert SECRET not in text + caplog.text
        assert HOST not in text + caplog.text
