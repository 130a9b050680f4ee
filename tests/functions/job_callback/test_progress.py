"""Progress reports over the stack."""

from uuid import UUID

from tests.fixtures.wire import Wire


async def test_progress_and_stage_stand_in_the_row(wire: Wire) -> None:
    attempt = await wire.start()
    answer = await attempt.say("processing", progress=0.25, stage="generating")
    assert answer.json() == {"success": True, "cancelled": False}
    row = await wire.job(attempt.job_id)
    assert (row["status"], row["progress"], row["stage"]) == ("processing", 0.25, "generating")


async def test_progress_never_ends_a_job(wire: Wire) -> None:
    """K6: processing sets no end."""
    attempt = await wire.start()
    await attempt.say("processing", progress=1, stage="uploading")
    assert (await wire.job(attempt.job_id))["completed_at"] is None


async def test_progress_does_not_run_backwards(wire: Wire) -> None:
    attempt = await wire.start()
    await attempt.say("processing", progress=0.8, stage="generating")
    await attempt.say("processing", progress=0.1, stage="uploading")
    row = await wire.job(attempt.job_id)
    assert (round(row["progress"], 3), row["stage"]) == (0.8, "uploading")


async def test_delivered_outputs_are_written_down(wire: Wire) -> None:
    attempt = await wire.start(num_images=3)
    await attempt.deliver(0, 2)
    await attempt.say("processing", progress=0.5, stage="generating", outputs=attempt.outputs(0, 2))
    assert await wire.outputs(attempt.job_id) == [0, 2]
    assert await wire.assets(attempt.job_id) == []


async def test_an_output_told_twice_is_one(wire: Wire) -> None:
    attempt = await wire.start()
    await attempt.deliver()
    for _ in range(2):
        answer = await attempt.say("processing", progress=0.9, stage="uploading", outputs=attempt.outputs(0))
        assert answer.status_code == 200
    assert await wire.outputs(attempt.job_id) == [0]


async def test_an_output_that_is_not_there_is_not_written_down(wire: Wire) -> None:
    """P9: delivered means that it lies in storage."""
    attempt = await wire.start()
    answer = await attempt.say("processing", progress=0.9, stage="uploading", outputs=attempt.outputs(0))
    assert (answer.status_code, answer.json()["code"]) == (409, "output_missing")
    assert answer.json()["details"] == "reason: object_missing; index: 0"
    assert await wire.outputs(attempt.job_id) == []


async def test_a_text_so_far_can_be_read(wire: Wire) -> None:
    attempt = await wire.start()
    await attempt.say("processing", progress=0.5, stage="writing", text="Once upon")
    assert (await wire.job(attempt.job_id))["result"] == {"text": "Once upon"}


async def test_the_worker_is_asked_to_stop_when_the_user_cancels(wire: Wire) -> None:
    attempt = await wire.start()
    await wire.edge.http.post("cancel-job", json={"job_id": attempt.job_id}, headers=wire.user.headers)
    assert (await attempt.say("processing", progress=0.5, stage="generating")).json()["cancelled"] is True


async def test_a_report_renews_the_lease(wire: Wire) -> None:
    attempt = await wire.start()
    expiry = "select expires_at from job_leases where job_id = $1"
    before = await wire.owner.fetchval(expiry, UUID(attempt.job_id))
    await attempt.say("processing", progress=0.5, stage="generating")
    assert await wire.owner.fetchval(expiry, UUID(attempt.job_id)) > before


async def test_a_report_on_a_job_that_ended_is_skipped(wire: Wire) -> None:
    attempt = await wire.start()
    await attempt.say("failed")
    answer = await attempt.say("processing", progress=0.5, stage="generating")
    assert (answer.status_code, answer.json()["skipped"], answer.json()["status"]) == (200, True, "failed")
