"""What is passed on: every byte, header and status, in both directions."""

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator

import aiohttp
import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from devstack.gateway.proxy import Proxy
from devstack.ports import HOST


async def _echo(request: Request) -> Response:
    body = await request.body()
    seen = {
        "method": request.method,
        "path": request.url.path,
        "query": request.url.query,
        "headers": dict(request.headers),
        "body": body.decode(),
    }
    return JSONResponse(seen, status_code=int(request.query_params.get("status", 200)), headers={"x-upstream": "yes"})


async def _stream(_: Request) -> Response:
    async def numbers() -> AsyncIterator[bytes]:
        for number in range(1000):
            yield f"{number}\n".encode()

    return StreamingResponse(numbers())


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    app = Starlette(
        routes=[
            Route("/stream", _stream),
            Route("/{path:path}", _echo, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ]
    )
    with socket.create_server((HOST, 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://{HOST}:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


async def _through(base: str, *, keeps_prefix: bool = False) -> AsyncIterator[httpx.AsyncClient]:
    proxy = Proxy("the upstream", base, keeps_prefix=keeps_prefix)
    async with aiohttp.ClientSession(auto_decompress=False) as proxy.session:
        transport = httpx.ASGITransport(Starlette(routes=[Mount("/rest/v1", proxy)]))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            yield client


@pytest.fixture
async def client(upstream: str) -> AsyncIterator[httpx.AsyncClient]:
    async for client in _through(upstream):
        yield client


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_the_method_arrives(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/rest/v1/jobs")
    assert answer.json()["method"] == method


async def test_the_prefix_is_taken_off(client: httpx.AsyncClient) -> None:
    assert (await client.get("/rest/v1/jobs")).json()["path"] == "/jobs"


async def test_the_prefix_can_stay(upstream: str) -> None:
    async for client in _through(upstream, keeps_prefix=True):
        assert (await client.get("/rest/v1/jobs")).json()["path"] == "/rest/v1/jobs"


async def test_a_query_is_not_quoted_a_second_time(client: httpx.AsyncClient) -> None:
    answer = await client.get("/rest/v1/jobs?id=in.(a,b)&name=eq.a%2Bb%20c")
    assert answer.json()["query"] == "id=in.(a,b)&name=eq.a%2Bb%20c"


async def test_the_body_and_its_type_arrive(client: httpx.AsyncClient) -> None:
    seen = (await client.post("/rest/v1/jobs", json={"a": "ü"})).json()
    assert seen["body"] == '{"a":"ü"}'
    assert seen["headers"]["content-type"] == "application/json"


async def test_status_and_headers_come_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/rest/v1/jobs?status=409")
    assert answer.status_code == 409
    assert answer.headers["x-upstream"] == "yes"


async def test_a_stream_comes_back_whole(client: httpx.AsyncClient) -> None:
    answer = await client.get("/rest/v1/stream")
    assert answer.text == "".join(f"{number}\n" for number in range(1000))


async def test_a_dead_upstream_is_named(unused_tcp_port: int) -> None:
    async for client in _through(f"http://{HOST}:{unused_tcp_port}"):
        answer = await client.get("/rest/v1/jobs")
        assert answer.status_code == 503
        assert answer.json()["error"] == "the upstream cannot be reached"
