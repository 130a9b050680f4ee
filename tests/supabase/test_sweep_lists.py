"""The lists that ``sweep_jobs`` answers: what each Redis list should hold."""

from typing import Any

from tests.fixtures.lifecycle import Line
from tests.fixtures.sweeping import Sweep


def jobs_of(answer: dict[str, Any], line: Line) -> list[str]:
    return [handout["job"]["id"] for handout in answer["lists"].get(line.queue, [])]


async def test_they_hold_every_unclaimed_hand_out_oldest_first(line: Line, sweep: Sweep) -> None:
    jobs = [await line.job() for _ in range(6)]
    await line.claim(jobs[1], 1)
    assert jobs_of(await sweep(), line) == [jobs[0], *jobs[2:5]]


async def test_they_say_the_same_until_something_happens(line: Line, sweep: Sweep) -> None:
    """P1: a push that was lost is made good."""
    answer = await line.submit()
    for _ in range(2):
        assert (await sweep())["lists"][line.queue] == answer["handouts"]


async def test_they_do_not_name_a_queue_without_hand_outs(line: Line, sweep: Sweep) -> None:
    await line.start()
    assert line.queue not in (await sweep())["lists"]


async def test_they_hold_what_the_sweep_itself_hands_out(line: Line, sweep: Sweep) -> None:
    await line.configure(handout_window=1)
    jobs = [await line.job() for _ in range(3)]
    await line.configure(handout_window=2)
    assert jobs_of(await sweep(), line) == jobs[:2]


async def test_they_hold_nothing_new_of_a_paused_queue(line: Line, sweep: Sweep) -> None:
    await line.configure(is_paused=True)
    await line.job()
    assert jobs_of(await sweep(), line) == []


async def test_they_still_hold_what_a_queue_had_handed_out_before_it_was_paused(line: Line, sweep: Sweep) -> None:
    jobs = [await line.job() for _ in range(2)]
    await line.configure(is_paused=True)
    assert jobs_of(await sweep(), line) == jobs


async def test_they_hold_what_waited_once_a_queue_is_resumed(line: Line, sweep: Sweep) -> None:
    """P1"""
    await line.configure(is_paused=True)
    jobs = [await line.job() for _ in range(2)]
    await line.configure(is_paused=False)
    assert jobs_of(await sweep(), line) == jobs
