"""The queue of ``shared`` on this bridge: what functions and workers do to each other."""

import re
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import redis

from devstack.valkey import QUEUES
from functions.edge.transport import AiohttpTransport
from shared.queue import QueueError
from shared.queue.upstash import UpstashQueueReader, UpstashQueueWriter
from tests.fixtures.upstash_bridge import FUNCTIONS_TOKEN, WORKER_TOKEN, Bridge


@pytest.fixture
async def writer(bridge: Bridge) -> AsyncIterator[UpstashQueueWriter]:
    writer = UpstashQueueWriter(bridge.url, FUNCTIONS_TOKEN, AiohttpTransport())
    yield writer
    await writer.aclose()


@pytest.fixture
def reader(bridge: Bridge) -> Iterator[UpstashQueueReader]:
    reader = UpstashQueueReader(bridge.url, WORKER_TOKEN)
    yield reader
    reader.close()


async def test_the_oldest_element_is_taken_first(writer: UpstashQueueWriter, reader: UpstashQueueReader) -> None:
    await writer.push({"sdxl_queue": ["1", "2"]})
    await writer.push({"sdxl_queue": ["3"]})
    assert [reader.take(["sdxl_queue"]) for _ in range(4)] == ["1", "2", "3", None]


async def test_queues_are_taken_from_in_the_order_named(writer: UpstashQueueWriter, reader: UpstashQueueReader) -> None:
    await writer.push({"sdxl_queue": ["s"], "wan_queue": ["w"], "chat_queue": ["c"]})
    assert [reader.take(["chat_queue", "wan_queue", "sdxl_queue"]) for _ in range(3)] == ["c", "w", "s"]


async def test_an_element_comes_out_as_it_went_in(writer: UpstashQueueWriter, reader: UpstashQueueReader) -> None:
    element = '{"id":"1","prompt":"ünïcödé 😀 \\u0000 \\"quoted\\"","config":{"n":1e21}}'
    await writer.push({"chat_queue": [element]})
    assert reader.take(["chat_queue"]) == element


async def test_a_rewrite_replaces_what_was_there(writer: UpstashQueueWriter, reader: UpstashQueueReader) -> None:
    await writer.push({"sdxl_queue": ["old"], "wan_queue": ["old"]})
    await writer.rewrite({"sdxl_queue": ["1", "2"], "wan_queue": []})
    assert [reader.take(["wan_queue", "sdxl_queue"]) for _ in range(3)] == ["1", "2", None]


async def test_an_element_is_handed_to_one_worker_only(writer: UpstashQueueWriter, reader: UpstashQueueReader) -> None:
    await writer.push({"sdxl_queue": [str(number) for number in range(50)]})
    with ThreadPoolExecutor(8) as workers:
        taken = list(workers.map(lambda _: reader.take(["sdxl_queue"]), range(60)))
    assert sorted(int(element) for element in taken if element is not None) == list(range(50))


async def test_the_writer_sees_how_long_the_lists_are(writer: UpstashQueueWriter, reader: UpstashQueueReader) -> None:
    await writer.rewrite({"sdxl_queue": ["1", "2"], "wan_queue": [], "chat_queue": ["3"]})
    reader.take(["sdxl_queue"])
    assert await writer.lengths(QUEUES) == {"sdxl_queue": 1, "wan_queue": 0, "chat_queue": 1}


async def test_the_writer_sees_that_redis_answers(writer: UpstashQueueWriter) -> None:
    await writer.ping()


async def test_without_valkey_both_sides_raise_a_queue_error(mortal_bridge: Bridge) -> None:
    writer = UpstashQueueWriter(mortal_bridge.url, FUNCTIONS_TOKEN, AiohttpTransport())
    reader = UpstashQueueReader(mortal_bridge.url, WORKER_TOKEN)
    mortal_bridge.stop_valkey()
    push, rewrite = writer.push({"sdxl_queue": ["1"]}), writer.rewrite({"sdxl_queue": ["1"]})
    for call in (writer.ping(), writer.lengths(QUEUES), push, rewrite):
        with pytest.raises(QueueError):
            await call
    with pytest.raises(QueueError):
        reader.take(["sdxl_queue"])
    await writer.aclose()
    reader.close()


async def test_a_wrong_token_is_a_queue_error(bridge: Bridge) -> None:
    writer = UpstashQueueWriter(bridge.url, "wrong", AiohttpTransport())
    with pytest.raises(QueueError):
        await writer.push({"sdxl_queue": ["1"]})
    await writer.aclose()


async def test_a_list_of_the_wrong_type_is_a_queue_error(
    writer: UpstashQueueWriter, reader: UpstashQueueReader, database: redis.Redis
) -> None:
    database.set("sdxl_queue", "no list")
    with pytest.raises(QueueError):
        await writer.push({"sdxl_queue": ["1"]})
    with pytest.raises(QueueError):
        reader.take(["sdxl_queue"])


async def test_the_worker_cannot_write(bridge: Bridge, database: redis.Redis) -> None:
    thief = UpstashQueueWriter(bridge.url, WORKER_TOKEN, AiohttpTransport())
    database.lpush("sdxl_queue", "element")
    for call in (thief.ping(), thief.push({"sdxl_queue": ["x"]}), thief.rewrite({"sdxl_queue": []})):
        with pytest.raises(QueueError):
            await call
    await thief.aclose()
    assert database.lrange("sdxl_queue", 0, -1) == [b"element"]


# One or more of every group of commands; `{q}` is a queue the worker may take from.
FORBIDDEN = """
    GET {q} | SET {q} x | SETBIT {q} 1 1 | PFADD {q} x | HGETALL {q} | SADD {q} x | ZADD {q} 1 x | ZMPOP 1 {q} MIN
    LPUSH {q} x | RPOP {q} | LRANGE {q} 0 -1 | LLEN {q} | LMPOP 1 other RIGHT | LMPOP 2 {q} other RIGHT
    XADD {q} * a b | GEOADD {q} 1 1 x | SORT {q} | COPY {q} wan_queue | RENAME {q} x | DEL {q} | EXPIRE {q} 1 | TYPE {q}
    OBJECT FREQ {q} | KEYS * | SCAN 0 | DBSIZE | RANDOMKEY | EVAL return(1) 0 | SCRIPT FLUSH | FUNCTION LIST
    PUBLISH c x | PING | ECHO x | TIME | INFO | COMMAND COUNT | CONFIG GET * | ACL WHOAMI | LATENCY DOCTOR
    FLUSHALL | FLUSHDB | SAVE | SHUTDOWN NOSAVE
""".format(q="sdxl_queue")


@pytest.mark.parametrize("command", [text.strip() for text in re.split(r"[|\n]", FORBIDDEN) if text.strip()])
def test_the_worker_may_take_and_nothing_else(worker_http: httpx.Client, database: redis.Redis, command: str) -> None:
    database.lpush("sdxl_queue", "element")
    answer = worker_http.post("/", json=command.split())
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("NOPERM ")
    assert database.lrange("sdxl_queue", 0, -1) == [b"element"]


def test_the_worker_may_take_from_each_of_the_three_queues(bridge: Bridge, database: redis.Redis) -> None:
    reader = UpstashQueueReader(bridge.url, WORKER_TOKEN)
    for queue in QUEUES:
        database.lpush(queue, queue)
        assert reader.take([queue]) == queue
    reader.close()
