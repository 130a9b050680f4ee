"""The load generator against a server that counts."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fixtures.serving import served
from tools.bench.connection import Connection, post
from tools.bench.load import load


@dataclass
class Counting:
    """Holds the first requests back until as many are there as are to run at once."""

    at_once: int = 1
    running: int = 0
    most: int = 0
    connections: set[int] = field(default_factory=set)
    bodies: list[int] = field(default_factory=list)
    full: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: Request) -> Response:
        assert request.client is not None
        self.connections.add(request.client.port)
        self.bodies.append((await request.json())["number"])
        self.running += 1
        self.most = max(self.most, self.running)
        if self.running == self.at_once:
            self.full.set()
        await self.full.wait()
        self.running -= 1
        return JSONResponse({"token": request.headers["authorization"]})


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def url(counting: Counting) -> Iterator[str]:
    async def refuse(_: Request) -> Response:
        return JSONResponse({"error": "no"}, 429)

    routes = [Route("/count", counting.answer, methods=["POST"]), Route("/refuse", refuse, methods=["POST"])]
    with served(Starlette(routes=routes)) as url:
        yield url


def numbered(url: str, count: int) -> list[bytes]:
    return [post(f"{url}/count", {"number": number}, {"authorization": "Bearer x"}) for number in range(count)]


async def test_every_request_is_sent_once_and_timed(url: str, counting: Counting) -> None:
    done = await load(url, numbered(url, 20), 4)
    assert sorted(counting.bodies) == list(range(20))
    assert len(done.taken) == 20
    assert 0 < max(done.taken) <= done.seconds


async def test_so_many_run_at_once_over_kept_connections(url: str, counting: Counting) -> None:
    counting.at_once = 4
    await load(url, numbered(url, 20), 4)
    assert counting.most == 4
    assert len(counting.connections) == 4


async def test_a_refused_request_fails_the_round(url: str) -> None:
    with pytest.raises(ValueError, match="429"):
        await load(url, [post(f"{url}/refuse", {}, {})], 1)


async def test_an_answer_is_read_whole(url: str) -> None:
    async with Connection.open(url) as connection:
        for number in range(2):
            answer = await connection.send(post(f"{url}/count", {"number": number}, {"authorization": "Bearer y"}))
            assert (answer.status, answer.json()) == (200, {"token": "Bearer y"})
