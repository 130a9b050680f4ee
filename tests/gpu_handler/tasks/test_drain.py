from collections.abc import Callable

import pytest

from gpu_handler.attempt.outcome import Outcome
from gpu_handler.callback import MemoryJobCallback
from gpu_handler.consumer import Consumer
from gpu_handler.failures import ModelUnavailable
from gpu_handler.generators.fake import FakeGenerator
from gpu_handler.storage import MemoryObjectStorage
from gpu_handler.tasks.drain import Drain
from gpu_handler.worker import Worker
from shared.queue.memory import MemoryQueue
from tests.fixtures.equipment import equipment
from tests.fixtures.orders import granted, job_order, queue_element

URL = "https://functions.test/functions/v1/job-callback"


class Bench:
    """A consumer over the doubles, and jobs for it."""

    def __init__(self) -> None:
        self.queue = MemoryQueue()
        self.callback = MemoryJobCallback()
        self.generator = FakeGenerator()
        tools = equipment("w", self.callback, MemoryObjectStorage(), {"sdxl": self.generator})
        self.consumer = Consumer(self.queue, ("sdxl_queue",), Worker(tools), URL)

    def offer(self, jobs: int, **changes: int) -> None:
        for _ in range(jobs):
            order = job_order(**changes)
            self.callback.jobs[order.id] = granted(order)
            self.queue.lists["sdxl_queue"].append(queue_element(order, URL).model_dump_json())

    def when_serving(self, action: Callable[[], object]) -> None:
        serve_one = self.consumer.serve_one

        def serve() -> Outcome | None:
            action()
            return serve_one()

        self.consumer.serve_one = serve  # type: ignore[method-assign]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_empty_queues_are_drained_at_once(bench: Bench) -> None:
    assert Drain(bench.consumer).run() == {
        "processed": 0,
        "completed": 0,
        "failed": 0,
        "cancelled": 0,
        "preempted": 0,
        "superseded": 0,
        "unreported": 0,
        "dropped": 0,
        "ended_by": "empty",
    }


def test_every_job_is_done_before_a_drain_ends(bench: Bench) -> None:
    bench.offer(3)
    bench.offer(1, steps=99)

    result = Drain(bench.consumer).run()

    assert (result["processed"], result["completed"], result["failed"]) == (4, 3, 1)
    assert result["ended_by"] == "empty"


def test_a_dropped_element_is_counted_but_is_no_job(bench: Bench) -> None:
    bench.queue.lists["sdxl_queue"].append("{")
    bench.offer(1)

    result = Drain(bench.consumer, max_jobs=1).run()

    assert (result["processed"], result["dropped"], result["ended_by"]) == (1, 1, "max_jobs")


def test_no_more_than_the_given_jobs_are_taken(bench: Bench) -> None:
    bench.offer(3)

    result = Drain(bench.consumer, max_jobs=2).run()

    assert (result["processed"], result["ended_by"]) == (2, "max_jobs")
    assert len(bench.queue.lists["sdxl_queue"]) == 1


def test_no_job_is_taken_after_the_given_time(bench: Bench) -> None:
    bench.offer(3)
    now = [0.0]
    bench.when_serving(lambda: now.append(now[-1] + 40))

    result = Drain(bench.consumer, max_seconds=60, clock=lambda: now[-1]).run()

    assert (result["processed"], result["ended_by"]) == (2, "max_seconds")
    assert len(bench.queue.lists["sdxl_queue"]) == 1


def test_loading_counts_towards_the_given_time(bench: Bench) -> None:
    bench.offer(1)
    now = [0.0]
    bench.generator.load = lambda: now.append(61.0)  # type: ignore[method-assign]

    result = Drain(bench.consumer, max_seconds=60, clock=lambda: now[-1]).run()

    assert (result["processed"], result["ended_by"]) == (0, "max_seconds")


def test_the_models_are_loaded_before_the_first_job_is_taken(bench: Bench) -> None:
    def missing() -> None:
        raise ModelUnavailable("no weights")

    bench.offer(1)
    bench.generator.load = missing  # type: ignore[method-assign]

    with pytest.raises(ModelUnavailable):
        Drain(bench.consumer).run()
    assert len(bench.queue.lists["sdxl_queue"]) == 1


def test_a_queue_that_stays_silent_ends_the_drain_with_an_error(bench: Bench) -> None:
    bench.queue.broken = True

    result = Drain(bench.consumer).run()

    assert (result["ended_by"], result["error"]) == ("queue_unavailable", "The queue does not answer.")


def test_a_queue_that_answers_the_second_time_is_drained(bench: Bench) -> None:
    bench.offer(1)
    bench.queue.broken = True
    answers = iter([True, False, False])
    bench.when_serving(lambda: setattr(bench.queue, "broken", next(answers)))

    result = Drain(bench.consumer).run()

    assert (result["processed"], result["ended_by"]) == (1, "empty")


def test_a_stopped_drain_takes_no_job(bench: Bench) -> None:
    bench.offer(1)
    drain = Drain(bench.consumer)
    drain.stop()

    assert drain.run()["ended_by"] == "stopped"
    assert len(bench.queue.lists["sdxl_queue"]) == 1
