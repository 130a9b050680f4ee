"""``report_progress``: progress, the lease, what was delivered, and whether to stop."""

import pytest

from tests.fixtures.lifecycle import Attempt, Line
from tests.fixtures.sweeping import Sweep


@pytest.fixture
async def attempt(line: Line) -> Attempt:
    return await line.start(config={"num_images": 3, "seed": 7})


async def test_a_report_is_heard_and_the_worker_may_go_on(attempt: Attempt) -> None:
    assert await attempt.report(0.25, "generating") == {"outcome": "reported", "cancelled": False}
    row = await attempt.row()
    assert (row["progress"], row["stage"], row["status"]) == (0.25, "generating", "processing")


async def test_a_report_renews_the_lease_for_as_long_as_told(line: Line, attempt: Attempt) -> None:
    await attempt.report()
    (before,) = await line.rows("job_leases", attempt.job_id)
    await attempt.report(p_lease_seconds=600)
    (after,) = await line.rows("job_leases", attempt.job_id)
    assert (after["expires_at"] - before["expires_at"]).total_seconds() > 500


async def test_progress_never_goes_back(attempt: Attempt) -> None:
    await attempt.report(0.5, "generating")
    await attempt.report(0.1, "uploading")
    row = await attempt.row()
    assert (row["progress"], row["stage"]) == (0.5, "uploading")


async def test_a_new_attempt_s_progress_begins_where_the_old_one_stopped(line: Line, attempt: Attempt) -> None:
    await attempt.report(0.5)
    await attempt.fail()
    second = await line.start_again(attempt.job_id)
    await second.report(0.1)
    assert (await second.row())["progress"] == 0.5


class TestSparesRealtime:
    """Within a stage, the row is written when both 5 % and 2 s have passed."""

    @pytest.fixture
    async def written_long_ago(self, line: Line, attempt: Attempt) -> Attempt:
        await attempt.report(0.5)
        await line.turn_back("job_leases", "progress_written_at", attempt.job_id, "3 seconds")
        return attempt

    async def test_two_reports_in_a_moment_are_one_write(self, attempt: Attempt) -> None:
        await attempt.report(0.5)
        await attempt.report(0.75)
        assert (await attempt.row())["progress"] == 0.5

    async def test_a_small_step_is_not_written(self, written_long_ago: Attempt) -> None:
        await written_long_ago.report(0.53)
        assert (await written_long_ago.row())["progress"] == 0.5

    async def test_a_step_is_written_after_a_while(self, written_long_ago: Attempt) -> None:
        await written_long_ago.report(0.5625)
        assert (await written_long_ago.row())["progress"] == 0.5625


async def test_a_text_is_kept_as_far_as_it_has_come(line: Line) -> None:
    attempt = await line.start(format="text", job_type="chat_enhance", model_type="chat", output_type="text/plain")
    await attempt.report(p_text="A red")
    await attempt.report(p_text="A red circle")
    assert (await attempt.row())["result"] == {"text": "A red circle"}


async def test_a_report_tells_that_cancellation_was_asked(line: Line, attempt: Attempt) -> None:
    await line.cancel(attempt.job_id)
    assert await attempt.report() == {"outcome": "reported", "cancelled": True}


async def test_delivered_outputs_are_written_down_as_storage_has_them(line: Line, attempt: Attempt) -> None:
    output = await attempt.deliver(2)
    await attempt.report(p_outputs=[output])
    (row,) = await line.rows("job_outputs", attempt.job_id)
    assert {name: row[name] for name in ("path", "thumbnail_path", "metadata")} == {
        name: output[name] for name in ("path", "thumbnail_path", "metadata")
    }
    assert (row["asset_index"], row["attempt"], row["size_bytes"], row["mime_type"]) == (2, 1, 1000, "image/png")
    assert row["version"] == await line.owner.fetchval(
        "select version from storage.objects where name = $1", output["path"]
    )


async def test_an_output_told_twice_is_written_once(line: Line, attempt: Attempt) -> None:
    output = await attempt.deliver()
    await attempt.report(p_outputs=[output, output])
    before = await line.rows("job_outputs", attempt.job_id)
    assert len(before) == 1
    assert (await attempt.report(p_outputs=[output]))["outcome"] == "reported"
    assert await line.rows("job_outputs", attempt.job_id) == before


async def test_of_two_deliveries_of_one_index_the_first_is_kept(line: Line, attempt: Attempt) -> None:
    """P4"""
    first = await attempt.deliver()
    await attempt.report(p_outputs=[first])
    await attempt.fail()
    second = await line.start_again(attempt.job_id)
    assert (await second.report(p_outputs=[await second.deliver()]))["outcome"] == "reported"
    (row,) = await line.rows("job_outputs", attempt.job_id)
    assert (row["attempt"], row["path"]) == (1, first["path"])


async def test_a_refused_output_leaves_the_whole_report_unheard(attempt: Attempt) -> None:
    before = await attempt.state()
    answer = await attempt.report(0.5, p_outputs=[attempt.output()])
    assert answer["outcome"] == "output_missing"
    assert await attempt.state() == before


async def test_an_old_attempt_is_refused_and_changes_nothing(line: Line, attempt: Attempt) -> None:
    """P4"""
    await attempt.fail()
    await line.start_again(attempt.job_id)
    before = await attempt.state()
    assert await attempt.report(0.9, p_outputs=[await attempt.deliver()]) == {"outcome": "stale_attempt"}
    assert await attempt.state() == before


@pytest.mark.usefixtures("sweep")
async def test_an_attempt_that_failed_is_over_before_the_next_one_begins(attempt: Attempt) -> None:
    await attempt.fail()
    before = await attempt.state()
    assert await attempt.report() == {"outcome": "stale_attempt"}
    assert await attempt.state() == before


async def test_an_attempt_that_never_was_is_refused(line: Line) -> None:
    waiting = Attempt(line, await line.job(), 0, [])
    assert await waiting.report() == {"outcome": "stale_attempt"}


class TestAfterTheLeaseEnded:
    @pytest.fixture
    async def ended(self, attempt: Attempt, sweep: Sweep) -> Attempt:
        await attempt.lose_lease()
        await sweep()
        assert (await attempt.row())["status"] == "queued"
        return attempt

    async def test_the_attempt_takes_its_job_back(self, line: Line, ended: Attempt) -> None:
        assert (await ended.report(0.5, "generating"))["outcome"] == "reported"
        row = await ended.row()
        assert (row["status"], row["stage"], row["progress"]) == ("processing", "generating", 0.5)
        assert (row["attempts"], row["not_before"], row["error_code"]) == (1, None, None)
        (lease,) = await line.rows("job_leases", ended.job_id)
        assert not lease["has_ended"]

    async def test_it_counts_as_no_failure(self, ended: Attempt) -> None:
        assert (await ended.row())["failures"] == 1
        await ended.report()
        assert (await ended.row())["failures"] == 0

    async def test_a_hand_out_since_then_is_void(self, line: Line, ended: Attempt) -> None:
        handout = await line.hand_out_again(ended.job_id)
        await ended.report()
        before = await ended.state()
        assert await line.claim(ended.job_id, handout, "another") == {"outcome": "stale_handout"}
        assert await ended.state() == before

    async def test_the_attempt_is_refused_once_a_newer_one_was_claimed(self, line: Line, ended: Attempt) -> None:
        """P4"""
        await line.start_again(ended.job_id)
        before = await ended.state()
        assert await ended.report() == {"outcome": "stale_attempt"}
        assert await ended.state() == before
