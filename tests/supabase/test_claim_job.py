"""``claim_job``: who becomes the attempt."""

import uuid
from datetime import timedelta

import pytest

from tests.fixtures.concurrency import at_once
from tests.fixtures.lifecycle import Line
from tests.fixtures.sweeping import Sweep


async def test_a_claim_starts_the_first_attempt(line: Line) -> None:
    job_id = await line.job()
    answer = await line.claim(job_id, 1)
    assert (answer["outcome"], answer["attempt"], answer["done"]) == ("claimed", 1, [])
    row = await line.row(job_id)
    assert (row["status"], row["stage"], row["attempts"]) == ("processing", "claimed", 1)
    assert row["handed_out_at"] is None
    assert row["started_at"] is not None


async def test_the_answer_holds_the_whole_row(line: Line) -> None:
    submitted = (await line.submit())["job"]
    job = (await line.claim(submitted["id"], 1))["job"]
    changed = {name for name in job if job[name] != submitted[name]}
    assert changed == {"status", "stage", "attempts", "handed_out_at", "started_at"}


async def test_the_answer_tells_the_lease_and_the_queue_s_attempt_limit(line: Line) -> None:
    await line.configure(attempt_limit=timedelta(minutes=2))
    answer = await line.claim(await line.job(), 1)
    assert (answer["lease_seconds"], answer["attempt_seconds"]) == (15, 120)


async def test_the_lease_names_attempt_worker_and_claim_and_lasts_as_long_as_told(line: Line) -> None:
    job_id = await line.job()
    await line.claim(job_id, 1, "mine", p_lease_seconds=40)
    (lease,) = await line.rows("job_leases", job_id)
    assert (lease["attempt"], lease["worker_id"], lease["claim_id"]) == (1, "test", "mine")
    assert lease["expires_at"] - lease["claimed_at"] == timedelta(seconds=40)
    assert not lease["has_ended"]


async def test_the_same_claim_again_is_the_same_attempt_with_its_lease_renewed(line: Line) -> None:
    job_id = await line.job()
    first = await line.claim(job_id, 1)
    (before,) = await line.rows("job_leases", job_id)
    assert await line.claim(job_id, 1) == first
    (lease,) = await line.rows("job_leases", job_id)
    assert lease["expires_at"] > before["expires_at"]
    assert lease["claimed_at"] == before["claimed_at"]


async def test_a_second_claimer_is_refused_and_changes_nothing(line: Line) -> None:
    """P4"""
    job_id = await line.job()
    await line.claim(job_id, 1, "first")
    before = await line.state(job_id)
    assert await line.claim(job_id, 1, "second") == {"outcome": "stale_handout"}
    assert await line.state(job_id) == before


async def test_of_two_claims_at_once_one_wins(line: Line) -> None:
    """P4"""
    job_id = await line.job()
    answers = await at_once(line.owner, job_id, line.claim(job_id, 1, "a"), line.claim(job_id, 1, "b"))
    assert sorted(answer["outcome"] for answer in answers) == ["claimed", "stale_handout"]
    assert (await line.row(job_id))["attempts"] == 1


async def test_one_claim_sent_twice_at_once_is_one_attempt(line: Line) -> None:
    job_id = await line.job()
    answers = await at_once(line.owner, job_id, line.claim(job_id, 1), line.claim(job_id, 1))
    assert [(answer["outcome"], answer["attempt"]) for answer in answers] == [("claimed", 1)] * 2


async def test_an_older_hand_out_is_refused(line: Line) -> None:
    """P4"""
    attempt = await line.start()
    await attempt.fail()
    assert await line.hand_out_again(attempt.job_id) == 2
    before = await line.state(attempt.job_id)
    assert await line.claim(attempt.job_id, 1, "late") == {"outcome": "stale_handout"}
    assert await line.state(attempt.job_id) == before
    assert (await line.claim(attempt.job_id, 2, "late"))["attempt"] == 2


@pytest.mark.parametrize("handout", [0, 2])
async def test_a_hand_out_that_never_was_is_refused(line: Line, handout: int) -> None:
    assert await line.claim(await line.job(), handout) == {"outcome": "stale_handout"}


async def test_a_job_in_its_back_off_is_claimed_by_nobody(line: Line) -> None:
    """Its latest hand-out was used up by the attempt that failed."""
    attempt = await line.start()
    await attempt.fail()
    assert await line.claim(attempt.job_id, 1, "again") == {"outcome": "stale_handout"}
    assert await line.claim(attempt.job_id, None, "again") == {"outcome": "stale_handout"}


async def test_a_job_that_has_ended_is_over(line: Line) -> None:
    """P5"""
    job_id = await line.job()
    await line.cancel(job_id)
    before = await line.state(job_id)
    for handout in (1, None):
        assert await line.claim(job_id, handout) == {"outcome": "over", "status": "cancelled"}
    assert await line.state(job_id) == before


async def test_an_unknown_job_is_not_found(line: Line) -> None:
    assert await line.claim(str(uuid.uuid4()), 1) == {"outcome": "not_found"}


class TestResume:
    """A new attempt makes only what is missing."""

    async def test_the_next_attempt_is_told_what_was_delivered(self, line: Line) -> None:
        first = await line.start(config={"num_images": 3, "seed": 7})
        outputs = [await first.deliver(index) for index in (0, 2)]
        await first.report(p_outputs=outputs)
        await first.fail()
        assert (await line.start_again(first.job_id)).done == outputs

    @pytest.mark.parametrize("change", ["removed", "replaced"])
    async def test_an_output_whose_object_is_gone_is_made_again(self, line: Line, change: str) -> None:
        first = await line.start()
        output = await first.deliver()
        await first.report(p_outputs=[output])
        await first.fail()
        await (line.objects.remove(output["path"]) if change == "removed" else line.objects.put(output["path"]))
        second = await line.start_again(first.job_id)
        assert second.done == []
        await second.finish()
        (asset,) = await line.assets(first.job_id)
        assert asset["temp_storage_path"] == second.output()["path"]


class TestAfterTheLeaseEnded:
    """The same claim again is the same answer, as long as nobody claimed a newer attempt."""

    async def test_the_same_claim_takes_its_attempt_back(self, line: Line, sweep: Sweep) -> None:
        job_id = await line.job()
        await line.claim(job_id, 1)
        await line.turn_back("job_leases", "expires_at", job_id, "1 second")
        await sweep()
        assert (await line.row(job_id))["status"] == "queued"
        answer = await line.claim(job_id, 1)
        assert (answer["outcome"], answer["attempt"]) == ("claimed", 1)
        row = await line.row(job_id)
        assert (row["status"], row["attempts"], row["failures"]) == ("processing", 1, 0)

    async def test_but_not_after_a_newer_claim(self, line: Line, sweep: Sweep) -> None:
        """P4"""
        job_id = await line.job()
        await line.claim(job_id, 1)
        await line.turn_back("job_leases", "expires_at", job_id, "1 second")
        await sweep()
        await line.start_again(job_id)
        before = await line.state(job_id)
        assert await line.claim(job_id, 1) == {"outcome": "stale_handout"}
        assert await line.state(job_id) == before


class TestLegacyWorkers:
    """They have no queue token: ``p_handout`` is null."""

    @pytest.mark.parametrize("window", [1, 4])
    async def test_take_a_job_that_was_never_claimed_handed_out_or_not(self, line: Line, window: int) -> None:
        await line.configure(handout_window=window)
        _, job_id = await line.job(), await line.job()
        answer = await line.claim(job_id, None)
        assert (answer["outcome"], answer["attempt"]) == ("claimed", 1)
        assert (await line.rows("job_leases", job_id))[0]["is_legacy"]

    async def test_find_their_claim_again(self, line: Line) -> None:
        job_id = await line.job()
        first = await line.claim(job_id, None)
        assert await line.claim(job_id, None) == {**first, "handouts": []}

    async def test_cannot_take_what_another_attempt_works_on(self, line: Line) -> None:
        attempt = await line.start()
        before = await attempt.state()
        assert await line.claim(attempt.job_id, None) == {"outcome": "stale_handout"}
        assert await attempt.state() == before

    async def test_cannot_take_a_job_that_was_claimed_before(self, line: Line) -> None:
        attempt = await line.start()
        await attempt.fail()
        await line.hand_out_again(attempt.job_id)
        assert await line.claim(attempt.job_id, None) == {"outcome": "stale_handout"}

    async def test_leave_the_next_attempt_a_usual_one(self, line: Line, sweep: Sweep) -> None:
        job_id = await line.job()
        await line.claim(job_id, None)
        await line.turn_back("job_leases", "expires_at", job_id, "1 second")
        await sweep()
        second = await line.start_again(job_id)
        assert not (await line.rows("job_leases", job_id))[0]["is_legacy"]
        await second.finish()
