"""Terminal is terminal (P5): whatever is called, a job that has ended stays as it is."""

from collections.abc import Awaitable, Callable

import pytest

from tests.fixtures.lifecycle import Answer, Attempt, Line
from tests.fixtures.sweeping import Sweep


async def complete(attempt: Attempt) -> None:
    await attempt.finish()


async def fail(attempt: Attempt) -> None:
    await attempt.fail(retryable=False)


async def cancel(attempt: Attempt) -> None:
    await attempt.line.cancel(attempt.job_id)
    await attempt.fail("preempted")


ENDINGS = {"completed": complete, "failed": fail, "cancelled": cancel}


@pytest.fixture(params=ENDINGS)
async def ended(line: Line, request: pytest.FixtureRequest) -> Attempt:
    """A job of three statuses, with an output that could still be recorded."""
    attempt = await line.start()
    await ENDINGS[request.param](attempt)
    assert (await attempt.row())["status"] == request.param
    await attempt.deliver()
    return attempt


CALLS: dict[str, Callable[[Attempt], Awaitable[Answer]]] = {
    "a claim of the same id": lambda attempt: attempt.line.claim(attempt.job_id, 1),
    "a claim of another id": lambda attempt: attempt.line.claim(attempt.job_id, 1, "another"),
    "a legacy claim": lambda attempt: attempt.line.claim(attempt.job_id, None),
    "a report": lambda attempt: attempt.report(0.5, p_outputs=[attempt.output()], p_text="late"),
    "a completion": lambda attempt: attempt.complete(attempt.output(), p_result={"text": "late"}),
    "a failure that may pass": lambda attempt: attempt.fail(),
    "a failure that will not": lambda attempt: attempt.fail(retryable=False),
    "a cancellation": lambda attempt: attempt.line.cancel(attempt.job_id),
}


@pytest.mark.parametrize("call", CALLS)
async def test_a_call_is_answered_over_and_changes_nothing(ended: Attempt, call: str) -> None:
    """K4, P5"""
    before = await ended.state()
    answer = await CALLS[call](ended)
    assert (answer["outcome"], answer["status"]) == ("over", before["job"]["status"])
    assert await ended.state() == before


async def test_a_sweep_changes_nothing_however_old_the_job(line: Line, ended: Attempt, sweep: Sweep) -> None:
    await line.turn_back("jobs", "created_at", ended.job_id, "3 days")
    before = await ended.state()
    await sweep()
    assert await ended.state() == before


@pytest.mark.usefixtures("ended")
async def test_it_is_not_handed_out_again(line: Line) -> None:
    await line.owner.fetchval("select private.hand_out($1)", line.queue)
    assert await line.handed_out() == []
