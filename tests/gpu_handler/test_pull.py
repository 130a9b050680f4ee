"""The loop over doubles, and the real process: real pipeline, real signals, real HTTP."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from gpu_handler.attempt.outcome import Outcome
from gpu_handler.pull import Pull
from shared.queue import QueueError
from tests.fixtures.job_site import JobSite
from tests.fixtures.orders import PROMPT, job_order


class Served:
    """A consumer that answers from a list, then stops; its stop event notes how long it is waited for."""

    def __init__(self, *answers: Outcome | QueueError | None) -> None:
        self.answers = list(answers)
        self.waits: list[float] = []
        self.loads = 0
        self.stopping = self

    def is_set(self) -> bool:
        return not self.answers

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)

    def load(self) -> None:
        self.loads += 1

    def serve_one(self) -> Outcome | None:
        answer = self.answers.pop(0)
        if isinstance(answer, QueueError):
            raise answer
        return answer


def waits(*answers: Outcome | QueueError | None, queues: tuple[str, ...] = ("sdxl_queue",)) -> list[float]:
    served = Served(*answers)
    Pull(served, queues).run()  # type: ignore[arg-type]
    return served.waits


def test_an_empty_queue_is_asked_ever_less_often_up_to_two_seconds() -> None:
    assert waits(*[None] * 6) == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]


def test_a_worker_for_videos_alone_waits_up_to_five_seconds() -> None:
    assert waits(*[None] * 6, queues=("wan_queue",)) == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0]


def test_a_worker_for_videos_and_chat_waits_up_to_two() -> None:
    assert max(waits(*[None] * 6, queues=("wan_queue", "chat_queue"))) == 2.0


def test_after_a_job_the_next_is_asked_for_at_once() -> None:
    assert waits(None, None, Outcome.COMPLETED, Outcome.FAILED, None) == [0.25, 0.5, 0.25]


def test_a_queue_that_does_not_answer_is_waited_for_like_an_empty_one() -> None:
    assert waits(QueueError("down"), None, QueueError("down")) == [0.25, 0.5, 1.0]


def test_an_outage_is_logged_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    down = QueueError("Redis is down")

    with caplog.at_level(logging.INFO, logger="gpu_handler.pull"):
        waits(down, down, down, None, None, down)

    assert [record.message for record in caplog.records] == [
        "Ready.",
        "Redis is down; trying on.",
        "The queue answers again.",
        "Redis is down; trying on.",
    ]


def test_the_models_are_loaded_before_the_first_job() -> None:
    served = Served()

    Pull(served, ("sdxl_queue",)).run()  # type: ignore[arg-type]

    assert served.loads == 1


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPSTASH", "JOB_CALL", "MODELS"))}
    return subprocess.Popen(
        [sys.executable, "-m", "gpu_handler.pull"], env=kept | environment, stderr=subprocess.PIPE, text=True
    )


def eventually(condition: Callable[[], bool], worker: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert worker.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_worker_serves_its_queue_and_hands_its_job_back_on_sigterm(site: JobSite) -> None:
    site.queue.lists["sdxl_queue"].append("junk")
    site.offer(job_order(model_variant="sdxl_shapes", num_images=3))
    long = site.offer(job_order(model_variant="sdxl_shapes", steps=50, width=512, height=512))
    waiting = site.offer(job_order(model_variant="sdxl_shapes"))

    with start(site.environment) as worker:
        eventually(lambda: any(r.job_id == long.job.id and r.progress > 0 for r in site.callback.reports), worker)
        worker.send_signal(signal.SIGTERM)
        log = worker.communicate(timeout=60)[1]

    assert worker.returncode == 0
    first, second = site.callback.ends
    assert (first.status, len(first.assets)) == ("completed", 3)
    assert (second.job_id, second.error_code, second.retryable) == (long.job.id, "preempted", True)
    assert waiting.job.id not in {request.job_id for request in site.callback.claims}
    assert len(site.queue.lists["sdxl_queue"]) == 1
    assert "it is not JSON" in log
    for secret in (PROMPT, "queue-token-secret", "signed-url-secret", "redis-token-secret", long.token):
        assert secret not in log


def test_a_worker_without_its_settings_says_which_and_ends() -> None:
    with start({"UPSTASH_REDIS_REST_URL": "http://127.0.0.1:1", "UPSTASH_REDIS_REST_TOKEN": "t"}) as worker:
        error = worker.communicate(timeout=60)[1]

    assert worker.returncode == 1
    assert error == "JOB_CALLBACK_URL is not set.\n"


def test_a_worker_without_its_weights_says_what_to_set_and_ends(site: JobSite) -> None:
    settings = site.environment | {"MODELS": "default", "HF_HOME": "/nonexistent"}
    with start(settings) as worker:
        error = worker.communicate(timeout=60)[1]

    assert worker.returncode == 1
    assert "weights of sdxl_base_1_0 are missing" in error.splitlines()[-1]
    assert "MODELS_DIR" in error
    assert site.calls["take"] == 0
