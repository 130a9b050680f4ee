import pytest

from shared.queue import QueueError, QueueReader, QueueWriter
from shared.queue.memory import MemoryQueue


@pytest.fixture
def queue() -> MemoryQueue:
    return MemoryQueue()


async def test_it_is_both_sides_of_the_queue(queue: MemoryQueue) -> None:
    writer: QueueWriter = queue
    reader: QueueReader = queue

    await writer.push({"sdxl_queue": ["one"]})

    assert reader.take(["sdxl_queue"]) == "one"


async def test_the_oldest_element_leaves_first(queue: MemoryQueue) -> None:
    await queue.push({"sdxl_queue": ["one", "two"]})
    await queue.push({"sdxl_queue": ["three"]})

    assert [queue.take(["sdxl_queue"]) for _ in range(4)] == ["one", "two", "three", None]


async def test_the_first_named_list_with_an_element_is_taken_from(queue: MemoryQueue) -> None:
    await queue.push({"wan_queue": ["wan"], "chat_queue": ["chat"]})

    assert queue.take(["sdxl_queue", "chat_queue", "wan_queue"]) == "chat"
    assert queue.take(["sdxl_queue", "chat_queue", "wan_queue"]) == "wan"


async def test_a_list_not_named_is_left_alone(queue: MemoryQueue) -> None:
    await queue.push({"wan_queue": ["wan"]})

    assert queue.take(["sdxl_queue"]) is None
    assert queue.take([]) is None
    assert queue.take(["wan_queue"]) == "wan"


async def test_a_rewrite_leaves_exactly_its_elements(queue: MemoryQueue) -> None:
    await queue.push({"sdxl_queue": ["old"]})

    await queue.rewrite({"sdxl_queue": ["one", "two"]})

    assert [queue.take(["sdxl_queue"]) for _ in range(3)] == ["one", "two", None]


async def test_a_rewrite_with_nothing_empties_the_list(queue: MemoryQueue) -> None:
    await queue.push({"sdxl_queue": ["old"]})

    await queue.rewrite({"sdxl_queue": []})

    assert queue.take(["sdxl_queue"]) is None


async def test_a_rewrite_leaves_lists_it_does_not_name(queue: MemoryQueue) -> None:
    await queue.push({"sdxl_queue": ["sdxl"], "wan_queue": ["wan"]})

    await queue.rewrite({"sdxl_queue": []})

    assert queue.take(["wan_queue"]) == "wan"


async def test_pushing_nothing_changes_nothing(queue: MemoryQueue) -> None:
    await queue.push({})
    await queue.push({"sdxl_queue": []})

    assert queue.take(["sdxl_queue"]) is None


async def test_lengths_are_of_the_lists_that_are_named(queue: MemoryQueue) -> None:
    await queue.push({"sdxl_queue": ["one", "two"], "wan_queue": ["wan"]})

    assert await queue.lengths(["sdxl_queue", "chat_queue"]) == {"sdxl_queue": 2, "chat_queue": 0}


async def test_a_duplicate_is_kept(queue: MemoryQueue) -> None:
    await queue.push({"sdxl_queue": ["one", "one"]})

    assert [queue.take(["sdxl_queue"]) for _ in range(3)] == ["one", "one", None]


async def test_a_broken_queue_raises_at_every_call(queue: MemoryQueue) -> None:
    queue.broken = True

    with pytest.raises(QueueError):
        await queue.push({"sdxl_queue": ["one"]})
    with pytest.raises(QueueError):
        await queue.rewrite({"sdxl_queue": ["one"]})
    with pytest.raises(QueueError):
        await queue.ping()
    with pytest.raises(QueueError):
        await queue.lengths(["sdxl_queue"])
    with pytest.raises(QueueError):
        queue.take(["sdxl_queue"])


async def test_a_broken_queue_keeps_what_it_had_and_takes_nothing_new(queue: MemoryQueue) -> None:
    await queue.push({"sdxl_queue": ["one"]})
    queue.broken = True
    with pytest.raises(QueueError):
        await queue.push({"sdxl_queue": ["two"]})

    queue.broken = False

    await queue.ping()
    assert [queue.take(["sdxl_queue"]) for _ in range(2)] == ["one", None]


async def test_closing_either_side_forgets_the_elements(queue: MemoryQueue) -> None:
    await queue.push({"sdxl_queue": ["one"]})
    queue.close()
    assert queue.take(["sdxl_queue"]) is None

    await queue.push({"sdxl_queue": ["two"]})
    await queue.aclose()
    assert queue.take(["sdxl_queue"]) is None
