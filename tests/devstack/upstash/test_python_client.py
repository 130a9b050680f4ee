"""The official Python client, synchronous and asynchronous."""

from collections.abc import AsyncIterator, Iterator

import pytest
from upstash_redis import Redis
from upstash_redis.asyncio import Redis as AsyncRedis
from upstash_redis.errors import UpstashError

from tests.fixtures.upstash_bridge import FUNCTIONS_TOKEN, Bridge


@pytest.fixture(params=["base64", None])
def client(bridge: Bridge, request: pytest.FixtureRequest) -> Iterator[Redis]:
    with Redis(bridge.url, FUNCTIONS_TOKEN, rest_encoding=request.param, rest_retries=0) as client:
        yield client


@pytest.fixture
async def async_client(bridge: Bridge) -> AsyncIterator[AsyncRedis]:
    async with AsyncRedis(bridge.url, FUNCTIONS_TOKEN, rest_retries=0) as client:
        yield client


@pytest.mark.parametrize("value", ["plain", "ünïcödé 😀", "OK", "", "line\nbreak", '{"a": [1, 2]}', "1e400"])
def test_a_string_comes_back_as_it_was_set(client: Redis, value: str) -> None:
    assert client.set("key", value) is True
    assert client.get("key") == value


def test_a_missing_key_is_none(client: Redis) -> None:
    assert client.get("missing") is None


def test_time_to_live(client: Redis) -> None:
    client.set("key", "value", ex=100)
    assert 0 < client.ttl("key") <= 100
    assert client.ttl("missing") == -2


def test_hashes(client: Redis) -> None:
    assert client.hset("h", values={"a": 1, "ü": "ö"}) == 2
    assert client.hgetall("h") == {"a": "1", "ü": "ö"}


def test_sorted_sets(client: Redis) -> None:
    assert client.zadd("z", {"b": 2, "a": 1.5}) == 2
    assert client.zrange("z", 0, -1, withscores=True) == [("a", 1.5), ("b", 2.0)]


def test_lists(client: Redis) -> None:
    assert client.lpush("l", "a", "OK") == 2
    assert client.lrange("l", 0, -1) == ["OK", "a"]


def test_scripts(client: Redis) -> None:
    assert client.eval("return {KEYS[1], ARGV[1], 3}", keys=["k"], args=["v"]) == ["k", "v", 3]


def test_scanning(client: Redis) -> None:
    client.mset({f"key:{number}": number for number in range(20)})
    cursor, found = 0, set()
    while True:
        cursor, keys = client.scan(cursor, match=r"key:*", count=5)
        found.update(keys)
        if cursor == 0:
            break
    assert found == {f"key:{number}" for number in range(20)}


def test_pipelines(client: Redis) -> None:
    assert client.pipeline().set("key", 1).incr("key").get("key").exec() == [True, 2, "2"]


def test_transactions(client: Redis) -> None:
    assert client.multi().set("key", 1).incr("key").lrange("none", 0, -1).exec() == [True, 2, []]


def test_an_error_of_the_database_is_raised_with_its_text(client: Redis) -> None:
    client.set("key", "text")
    with pytest.raises(UpstashError, match=r"^ERR value is not an integer or out of range$"):
        client.incr("key")


def test_a_module_that_valkey_lacks_is_an_error(client: Redis) -> None:
    with pytest.raises(UpstashError, match=r"^ERR unknown command 'JSON.SET'"):
        client.json.set("key", "$", {"a": 1})


def test_a_wrong_token_is_an_error(bridge: Bridge) -> None:
    with Redis(bridge.url, "wrong", rest_retries=0) as client, pytest.raises(UpstashError, match=r"^WRONGPASS "):
        client.get("key")


async def test_the_asynchronous_client_reads_and_writes(async_client: AsyncRedis) -> None:
    assert await async_client.set("key", "ünïcödé") is True
    assert await async_client.get("key") == "ünïcödé"
    assert await async_client.hset("h", "a", "1") == 1
    assert await async_client.hgetall("h") == {"a": "1"}


async def test_the_asynchronous_client_pipelines_and_transacts(async_client: AsyncRedis) -> None:
    assert await async_client.pipeline().set("key", 1).incr("key").exec() == [True, 2]
    assert await async_client.multi().incr("key").get("key").exec() == [3, "3"]


async def test_the_asynchronous_client_raises_errors(async_client: AsyncRedis) -> None:
    await async_client.set("key", "text")
    with pytest.raises(UpstashError, match=r"^WRONGTYPE "):
        await async_client.lpush("key", "x")
