"""Handing out: the window, the order, and who frees a place."""

import asyncio
from typing import Any

import pytest

from tests.fixtures.concurrency import call_on, until_blocked
from tests.fixtures.lifecycle import Answer, Line

WINDOW = 4
"""The default of ``queues.handout_window``."""


@pytest.fixture
async def full(line: Line) -> list[str]:
    """The ids of a full window's jobs and of two that wait behind it."""
    return [await line.job() for _ in range(WINDOW + 2)]


def handed_out_by(answer: Answer) -> list[str]:
    return [handout["job"]["id"] for handout in answer["handouts"]]


async def test_a_submitted_job_is_handed_out_at_once_where_there_is_room(line: Line) -> None:
    answer = await line.submit()
    (handout,) = answer["handouts"]
    assert (handout["queue"], handout["handout"]) == (line.queue, 1)
    assert handout["job"] == answer["job"]


async def test_behind_a_full_window_jobs_wait(line: Line, full: list[str]) -> None:
    assert await line.handed_out() == full[:WINDOW]
    assert handed_out_by(await line.submit()) == []


@pytest.mark.usefixtures("full")
async def test_behind_a_full_window_nobody_waits_for_the_queue_s_lock(line: Line) -> None:
    async with line.owner.acquire() as connection, connection.transaction():
        await connection.execute("select from queues where name = $1 for no key update", line.queue)
        async with asyncio.timeout(10):
            assert (await line.submit())["outcome"] == "submitted"


async def test_the_window_holds_under_twenty_submissions_at_once(line: Line) -> None:
    answers = await asyncio.gather(*(line.submit() for _ in range(20)))
    told = [job_id for answer in answers for job_id in handed_out_by(answer)]
    assert len(told) == len(set(told)) == WINDOW
    assert sorted(told) == sorted(await line.handed_out())


async def test_two_at_once_do_not_both_take_the_last_place(line: Line) -> None:
    await line.configure(handout_window=1)
    async with line.owner.acquire() as connection:
        async with connection.transaction():
            first = await call_on(connection, "submit_job", **line.submission())
            # The second sees a free place and waits for the queue's lock.
            second = asyncio.create_task(line.submit())
            await until_blocked(line.owner, 1, "submit_job")
        assert handed_out_by(await second) == []
    assert await line.handed_out() == handed_out_by(first)


async def test_a_job_that_somebody_holds_is_passed_over(line: Line) -> None:
    await line.configure(handout_window=1)
    first, held, last = [await line.job() for _ in range(3)]
    async with line.owner.acquire() as connection, connection.transaction():
        await connection.execute("select from jobs where id = $1 for update", held)
        assert handed_out_by(await line.claim(first, 1)) == [last]


async def test_a_claim_hands_out_the_oldest_that_waits(line: Line, full: list[str]) -> None:
    assert handed_out_by(await line.claim(full[2], 1)) == [full[WINDOW]]


async def test_a_cancelled_hand_out_frees_its_place(line: Line, full: list[str]) -> None:
    assert handed_out_by(await line.cancel(full[1])) == [full[WINDOW]]


async def test_a_cancelled_job_that_waited_frees_none(line: Line, full: list[str]) -> None:
    assert handed_out_by(await line.cancel(full[-1])) == []


@pytest.mark.usefixtures("sweep")
@pytest.mark.parametrize("ending", ["complete", "fail"])
async def test_the_end_of_a_job_hands_out_where_a_wider_window_has_room(line: Line, ending: str) -> None:
    await line.configure(handout_window=1)
    attempt = await line.start()
    _, waiting = await line.job(), await line.job()
    await line.configure(handout_window=2)
    if ending == "complete":
        answer = await attempt.complete(await attempt.deliver())
    else:
        answer = await attempt.fail(retryable=False)
    assert handed_out_by(answer) == [waiting]


@pytest.mark.usefixtures("sweep")
async def test_a_wider_window_is_filled_in_one_go_in_order(line: Line) -> None:
    await line.configure(handout_window=1)
    jobs = [await line.job() for _ in range(4)]
    await line.configure(handout_window=3)
    assert handed_out_by(await line.claim(jobs[0], 1)) == jobs[1:]


async def test_priority_goes_before_turn_and_turn_before_age(line: Line) -> None:
    await line.configure(handout_window=1)
    first, oldest, early_turn, urgent = [await line.job() for _ in range(4)]
    await line.owner.execute("update jobs set turn = 2 where id = $1", oldest)
    await line.owner.execute("update jobs set turn = 1 where id = $1", early_turn)
    await line.owner.execute("update jobs set turn = 3, priority = 1 where id = $1", urgent)
    claimed = [first, urgent, early_turn]
    assert [handed_out_by(await line.claim(job_id, 1)) for job_id in claimed] == [[urgent], [early_turn], [oldest]]


async def test_the_position_follows_the_same_order(line: Line) -> None:
    await line.configure(handout_window=1)
    jobs = [await line.job() for _ in range(3)]
    await line.owner.execute("update jobs set priority = 1 where id = $1", jobs[2])

    async def position(job_id: str) -> Any:
        answer = await line.database.call("get_job", p_user_id=line.user_id, p_job_id=job_id)
        return answer["position"]

    assert [await position(job_id) for job_id in jobs] == [0, 2, 1]


async def test_a_paused_queue_hands_nothing_out_and_takes_jobs(line: Line) -> None:
    await line.configure(is_paused=True)
    answer = await line.submit()
    assert (answer["outcome"], answer["handouts"]) == ("submitted", [])
    assert await line.handed_out() == []


async def test_what_a_paused_queue_had_handed_out_may_still_be_claimed(line: Line) -> None:
    job_id = await line.job()
    await line.configure(is_paused=True)
    assert (await line.claim(job_id, 1))["outcome"] == "claimed"


@pytest.mark.parametrize("ending", ["complete", "fail"])
async def test_what_runs_on_a_paused_queue_ends_and_nothing_follows(line: Line, ending: str) -> None:
    await line.configure(handout_window=1)
    attempt = await line.start()
    for _ in range(2):
        await line.job()
    await line.configure(is_paused=True, handout_window=2)
    if ending == "complete":
        answer = await attempt.complete(await attempt.deliver())
    else:
        answer = await attempt.fail("preempted")
    assert (answer["outcome"], answer["handouts"]) == ("completed" if ending == "complete" else "retried", [])


async def test_each_hand_out_of_a_job_has_a_number_of_its_own(line: Line) -> None:
    attempt = await line.start()
    await attempt.fail()
    assert await line.hand_out_again(attempt.job_id) == 2


@pytest.mark.usefixtures("full")
async def test_queues_do_not_share_a_window(line: Line) -> None:
    other = f"{line.queue}_other"
    await line.owner.execute("insert into queues (name) values ($1)", other)
    answer = await line.submit(queue=other)
    assert handed_out_by(answer) == [answer["job"]["id"]]
    await line.owner.execute("delete from jobs where queue = $1", other)
    await line.owner.execute("delete from queues where name = $1", other)
