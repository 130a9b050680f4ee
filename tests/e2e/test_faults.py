"""What a user sees while parts of the system die."""

import json
import time
from signal import SIGKILL

import httpx
import pytest

from tests.fixtures.live import Live

# About half a second an image on one core: long enough to be killed in the middle.
SLOW = {"num_images": 3, "steps": 50, "width": 128, "height": 128}


def test_a_killed_handler_s_job_is_finished_by_the_next_attempt(live: Live) -> None:
    """Q2, P1, P2: delivered images are kept, the others made once."""
    job_id = live.submit(**SLOW, seed=5)
    live.wait_until(job_id, lambda job: job["progress"] > 0)
    live.process("gpu_handler.pull").send_signal(SIGKILL)

    job = live.finish(job_id)

    assert job["status"] == "completed"
    assert [asset["asset_index"] for asset in job["assets"]] == [0, 1, 2]
    assert job["attempts"] == 2
    attempts = [asset["temp_storage_path"].rsplit("/", 1)[1].split("-")[0] for asset in job["assets"]]
    assert attempts[-1] == "2"


def test_a_cancelled_job_stops_and_leaves_no_asset(live: Live) -> None:
    job_id = live.submit(**SLOW)
    live.wait_until(job_id, lambda job: job["status"] == "processing")
    answer = live.user.post("/functions/v1/cancel-job", json={"job_id": job_id})
    assert answer.status_code == 200

    job = live.finish(job_id)

    assert job["status"] == "cancelled"
    assert job["assets"] == []


@pytest.mark.parametrize("element", ["no json", "[]", '{"id": 1}', json.dumps({"id": "x", "type": "y"})])
def test_a_malformed_queue_element_does_not_stop_the_worker(live: Live, element: str) -> None:
    """Q8"""
    worker = live.process("gpu_handler.pull")
    push = httpx.post(
        live.project.upstash_url,
        json=["RPUSH", "sdxl_queue", element],
        headers={"Authorization": f"Bearer {live.project.secrets.functions_redis_token}"},
    )
    assert push.status_code == 200

    job = live.finish(live.submit())

    assert job["status"] == "completed"
    assert live.process("gpu_handler.pull") == worker


def test_a_job_submitted_while_redis_is_down_runs_when_it_is_back(live: Live) -> None:
    valkey = live.process("valkey-server")
    valkey.suspend()
    try:
        job_id = live.submit()
        assert live.job(job_id)["status"] == "queued"
    finally:
        valkey.resume()
    assert live.finish(job_id)["status"] == "completed"


def test_a_redis_that_lost_everything_is_filled_again(live: Live) -> None:
    live.process("valkey-server").send_signal(SIGKILL)
    job_id = live.submit()
    assert live.finish(job_id)["status"] == "completed"


def test_without_postgres_a_submission_is_refused_with_a_time_to_come_back(live: Live) -> None:
    postgres = live.process("postgres")
    # Its backends first: orphaned, they would serve on for a moment. Suspended, it cannot replace them.
    postgres.suspend()
    for backend in postgres.children():
        backend.kill()
    postgres.kill()
    answer = live.user.post(
        "/functions/v1/queue-job", json={"job_type": "sdxl_image_fast", "prompt": "lost", "steps": 2}
    )
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["code"] == "database_unavailable"
    assert answer.json()["retryable"] is True

    _wait_for_health(live)
    jobs = live.user.get("/functions/v1/jobs").json()["jobs"]
    assert "lost" not in [job["original_prompt"] for job in jobs]
    assert live.finish(live.submit())["status"] == "completed"


def _wait_for_health(live: Live) -> None:
    deadline = time.monotonic() + 30
    while live.user.get("/functions/v1/health").status_code != 200:
        assert time.monotonic() < deadline, "the stack did not heal"
        time.sleep(0.1)
