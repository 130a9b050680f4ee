"""From ``kill -9`` of a worker to its job running again: the stack as ``make up`` starts it, with the local sweep."""

import time
from collections.abc import Callable
from typing import Any, Final

import httpx

from tools.bench.stack import Stack, scratch_stack

KILLS: Final = 4
WORKER: Final = "gpu_handler.pull"
SLOW: Final = {
    "job_type": "sdxl_image_fast",
    "prompt": "a red circle on a blue background",
    "num_images": 6,
    "steps": 50,
    "width": 128,
    "height": 128,
}
"""A few seconds of work: the worker is killed in the midst of it."""
WAIT_SECONDS: Final = 120.0
POLL_SECONDS: Final = 0.05


def measure() -> list[float]:
    """Seconds, one for each kill."""
    with scratch_stack() as stack, _signed_in(stack) as user:
        return [_recovery(stack, user) for _ in range(KILLS)]


def _recovery(stack: Stack, user: httpx.Client) -> float:
    answer = user.post("/functions/v1/queue-job", json=SLOW)
    answer.raise_for_status()
    job_id = answer.json()["job_id"]
    _wait(user, job_id, lambda job: job["progress"] > 0)
    stack.part(WORKER).kill()
    killed = time.perf_counter()
    _wait(user, job_id, lambda job: job["attempts"] == 2 and job["status"] == "processing")
    seconds = time.perf_counter() - killed
    _wait(user, job_id, lambda job: job["status"] == "completed")
    return seconds


def _wait(user: httpx.Client, job_id: str, reached: Callable[[dict[str, Any]], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        answer = user.get(f"/functions/v1/jobs/{job_id}")
        answer.raise_for_status()
        if reached(answer.json()["job"]):
            return
        time.sleep(POLL_SECONDS)
    raise TimeoutError(f"the job {job_id} did not get there")


def _signed_in(stack: Stack) -> httpx.Client:
    url, key = stack.env["SUPABASE_URL"], stack.env["SUPABASE_PUBLISHABLE_KEY"]
    answer = httpx.post(
        f"{url}/auth/v1/token",
        params={"grant_type": "password"},
        json={"email": stack.env["DEMO_EMAIL"], "password": stack.env["DEMO_PASSWORD"]},
        headers={"apikey": key},
    )
    token = answer.raise_for_status().json()["access_token"]
    return httpx.Client(base_url=url, headers={"apikey": key, "Authorization": f"Bearer {token}"}, timeout=20)
