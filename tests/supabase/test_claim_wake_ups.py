"""At most one wake-up a queue in five seconds, whoever asks."""

import asyncio

from tests.fixtures.lifecycle import Line


async def claimed(line: Line, *queues: str) -> list[str]:
    answer = await line.database.call("claim_wake_ups", p_queues=list(queues or (line.queue,)))
    assert answer["outcome"] == "claimed"
    names: list[str] = answer["queues"]
    return names


async def test_the_first_to_ask_wakes_and_the_next_does_not(line: Line) -> None:
    assert await claimed(line) == [line.queue]
    assert await claimed(line) == []


async def test_of_many_at_once_one_wakes(line: Line) -> None:
    answers = await asyncio.gather(*(claimed(line) for _ in range(10)))

    assert sum(map(len, answers)) == 1


async def test_five_seconds_later_it_may_be_woken_again(line: Line) -> None:
    await claimed(line)
    await line.owner.execute("update queues set woken_at = woken_at - interval '5 seconds' where name = $1", line.queue)

    assert await claimed(line) == [line.queue]


async def test_queues_are_woken_each_on_its_own(line: Line, other_line: Line) -> None:
    await claimed(line)

    assert await claimed(line, line.queue, other_line.queue) == [other_line.queue]


async def test_a_queue_that_does_not_exist_is_not_woken(line: Line) -> None:
    assert await claimed(line, "no_queue") == []
