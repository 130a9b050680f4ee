"""The one transport under httpx: what a server does wrong is an error of httpx's, whatever it is."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

import httpx
import pytest

from devstack.ports import HOST, free_ports
from functions.edge import transport
from functions.edge.transport import AS_IT_COMES, AiohttpTransport

OK = b"HTTP/1.1 200 OK\r\n"
SOON = httpx.Timeout(10.0, read=0.05)
STREAMED = {AS_IT_COMES: True}


@asynccontextmanager
async def answering(answer: bytes, *, and_closes: bool = True) -> AsyncIterator[str]:
    """The URL of a server that says just this to every request."""
    connections: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        if and_closes:
            writer.close()

    server = await asyncio.start_server(serve, HOST, 0)
    yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}/"
    server.close()
    for writer in connections:
        writer.close()


def new_client(timeout: httpx.Timeout | float = 10.0) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=AiohttpTransport(), timeout=timeout)


async def test_an_answer_comes_with_its_status_headers_and_body() -> None:
    answer = b"HTTP/1.1 409 Conflict\r\nX-Kind: test\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n"
    async with answering(answer + b'{"a": 1}') as url, new_client() as client:
        response = await client.post(url, json={})
    assert (response.status_code, response.headers["x-kind"], response.json()) == (409, "test", {"a": 1})


async def test_a_compressed_answer_is_read() -> None:
    compressed = gzip.compress(b"many words")
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(compressed)
    async with answering(head + compressed) as url, new_client() as client:
        assert (await client.get(url)).text == "many words"


async def test_a_redirect_is_left_to_the_client() -> None:
    redirect = b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"
    async with answering(redirect) as url, new_client() as client:
        assert (await client.get(url)).status_code == 302


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        OK + b"Content-Length: 100\r\n\r\nshort",
        OK + b"Content-Length: many\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["nothing", "nonsense", "cut short", "no length", "no chunk"],
)
async def test_an_answer_that_is_none_is_a_protocol_error(answer: bytes) -> None:
    async with answering(answer) as url, new_client() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(url, json={})


@pytest.mark.parametrize("answer", [b"", OK + b"Content-Length: 100\r\n\r\nshort"], ids=["no answer", "half of it"])
async def test_a_server_that_takes_too_long_is_a_timeout(answer: bytes) -> None:
    async with answering(answer, and_closes=False) as url, new_client(SOON) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post(url, json={})


async def test_a_server_that_is_gone_is_a_connect_error() -> None:
    async with new_client() as client:
        with pytest.raises(httpx.ConnectError):
            await client.post(f"http://{HOST}:{free_ports(1)[0]}/", json={})


async def test_one_that_was_never_used_can_be_closed() -> None:
    await AiohttpTransport().aclose()


async def test_a_server_that_takes_no_connection_is_a_connect_timeout() -> None:
    with socket.socket() as listener, ExitStack() as clients:
        listener.bind((HOST, 0))
        listener.listen(0)
        for _ in range(2):
            waiting = clients.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        async with new_client(httpx.Timeout(10.0, connect=0.05)) as client:
            with pytest.raises(httpx.ConnectTimeout):
                await client.post(f"http://{HOST}:{listener.getsockname()[1]}/", json={})


async def test_a_connection_is_kept_for_the_next_request_but_not_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "KEEP_SECONDS", 0.05)
    opened, closed = 0, asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        while await reader.read(1000):
            writer.write(OK + b"Content-Length: 0\r\n\r\n")
        writer.close()
        closed.set()

    server = await asyncio.start_server(serve, HOST, 0)
    async with new_client() as client, asyncio.timeout(10):
        for _ in range(2):
            await client.get(f"http://{HOST}:{server.sockets[0].getsockname()[1]}/")
        assert opened == 1
        await closed.wait()
    server.close()


async def test_a_server_that_hangs_keeps_no_other_from_answering() -> None:
    ok = OK + b"Content-Length: 0\r\n\r\n"
    async with answering(b"", and_closes=False) as hanging, answering(ok) as url, new_client() as client:
        calls = [asyncio.create_task(client.get(hanging)) for _ in range(120)]
        async with asyncio.timeout(5):
            assert (await client.get(url)).status_code == 200
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


async def test_a_wait_for_a_connection_that_never_comes_free_is_a_connect_timeout() -> None:
    timeout = httpx.Timeout(10.0, connect=0.1)
    async with answering(b"", and_closes=False) as hanging, new_client(timeout) as client:
        calls = [asyncio.create_task(client.get(hanging)) for _ in range(100)]
        await asyncio.sleep(0.05)
        with pytest.raises(httpx.ConnectTimeout):
            await client.get(hanging)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


class TestAsItComes:
    """Answers that are streamed, where their caller asks for that."""

    async def _send(self, client: httpx.AsyncClient, url: str) -> httpx.Response:
        return await client.send(client.build_request("POST", url, json={}, extensions=STREAMED), stream=True)

    async def test_the_first_piece_is_there_before_the_last_was_sent(self) -> None:
        go_on = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            await go_on.wait()
            writer.write(b"4\r\nlast\r\n0\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(serve, HOST, 0)
        async with new_client() as client, asyncio.timeout(10):
            answer = await self._send(client, f"http://{HOST}:{server.sockets[0].getsockname()[1]}/")
            pieces = answer.aiter_bytes()
            assert await anext(pieces) == b"first"
            go_on.set()
            assert [piece async for piece in pieces] == [b"last"]
        server.close()

    async def test_one_that_is_closed_before_its_end_takes_the_connection_with_it(self) -> None:
        """So a worker notices that nobody listens any more."""
        gone = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            while await reader.read(1000):
                pass
            writer.close()
            gone.set()

        server = await asyncio.start_server(serve, HOST, 0)
        async with new_client() as client, asyncio.timeout(10):
            answer = await self._send(client, f"http://{HOST}:{server.sockets[0].getsockname()[1]}/")
            await answer.aclose()
            await gone.wait()
        server.close()

    async def test_one_that_was_read_leaves_its_connection_for_the_next(self) -> None:
        opened = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal opened
            opened += 1
            while await reader.read(1000):
                writer.write(OK + b"Content-Length: 2\r\n\r\nok")
            writer.close()

        server = await asyncio.start_server(serve, HOST, 0)
        async with new_client() as client:
            for _ in range(2):
                answer = await self._send(client, f"http://{HOST}:{server.sockets[0].getsockname()[1]}/")
                assert await answer.aread() == b"ok"
                await answer.aclose()
        assert opened == 1
        server.close()

    async def test_a_compressed_one_is_read(self) -> None:
        compressed = gzip.compress(b"many words")
        head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(compressed)
        async with answering(head + compressed) as url, new_client() as client:
            answer = await self._send(client, url)
            assert await answer.aread() == b"many words"

    @pytest.mark.parametrize(
        ("and_closes", "expected"), [(True, httpx.RemoteProtocolError), (False, httpx.ReadTimeout)], ids=["cut", "slow"]
    )
    async def test_one_that_breaks_off_or_hangs_is_an_error_of_httpx_s(self, and_closes: bool, expected: type) -> None:
        half = OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n"
        async with answering(half, and_closes=and_closes) as url, new_client(SOON) as client:
            answer = await self._send(client, url)
            with pytest.raises(expected):
                await answer.aread()
            await answer.aclose()

    async def test_a_server_that_is_gone_is_a_connect_error(self) -> None:
        async with new_client() as client:
            with pytest.raises(httpx.ConnectError):
                await self._send(client, f"http://{HOST}:{free_ports(1)[0]}/")
