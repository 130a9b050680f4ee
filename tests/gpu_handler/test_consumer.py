import logging

import pytest

from gpu_handler.attempt.outcome import Outcome
from gpu_handler.callback import MemoryJobCallback
from gpu_handler.consumer import Consumer
from gpu_handler.generators.fake import FakeGenerator
from gpu_handler.storage import MemoryObjectStorage
from gpu_handler.worker import Worker
from shared.messages import JobOrder
from shared.queue import QueueError
from shared.queue.memory import MemoryQueue
from tests.fixtures.equipment import equipment
from tests.fixtures.orders import PROMPT, granted, job_order, queue_element

URL = "https://functions.test/functions/v1/job-callback"


class Bench:
    """A consumer over the doubles."""

    def __init__(self) -> None:
        self.queue = MemoryQueue()
        self.callback = MemoryJobCallback()
        self.generator = FakeGenerator()
        tools = equipment("w", self.callback, MemoryObjectStorage(), {"sdxl": self.generator})
        self.consumer = Consumer(self.queue, ("sdxl_queue", "wan_queue"), Worker(tools), URL)

    def offer(self, order: JobOrder, queue: str = "sdxl_queue") -> None:
        self.callback.jobs[order.id] = granted(order)
        self.queue.lists[queue].append(queue_element(order, URL).model_dump_json())


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_empty_queues_give_nothing(bench: Bench) -> None:
    assert bench.consumer.serve_one() is None


def test_an_element_is_served_to_its_end(bench: Bench) -> None:
    order = job_order()
    bench.offer(order)

    assert bench.consumer.serve_one() is Outcome.COMPLETED

    assert [end.job_id for end in bench.callback.ends] == [order.id]
    assert bench.consumer.serve_one() is None


def test_the_preferred_queue_is_served_first(bench: Bench) -> None:
    later, sooner = job_order(), job_order()
    bench.offer(later, "wan_queue")
    bench.offer(sooner, "sdxl_queue")

    bench.consumer.serve_one()

    assert [end.job_id for end in bench.callback.ends] == [sooner.id]


def test_a_malformed_element_is_set_aside_with_one_warning(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    order = job_order()
    element = queue_element(order, URL, type="oil_painting")
    bench.queue.lists["sdxl_queue"].append(element.model_dump_json())

    assert bench.consumer.serve_one() is Outcome.DROPPED

    reason = f"A queue element was set aside: job {order.id} has an unknown type."
    assert caplog.record_tuples == [("gpu_handler.consumer", logging.WARNING, reason)]
    assert bench.callback.claims == []


def test_after_a_malformed_element_the_next_one_is_served(bench: Bench) -> None:
    """Q8: no series of bad messages ends a worker."""
    bench.queue.lists["sdxl_queue"].append("{")
    bench.offer(job_order())

    assert [bench.consumer.serve_one() for _ in range(3)] == [Outcome.DROPPED, Outcome.COMPLETED, None]


def test_an_element_that_calls_elsewhere_is_never_claimed(bench: Bench) -> None:
    element = queue_element(job_order(), "https://evil.test/functions/v1/job-callback")
    bench.queue.lists["sdxl_queue"].append(element.model_dump_json())

    assert bench.consumer.serve_one() is Outcome.DROPPED

    assert bench.callback.claims == []


def test_a_surprise_is_set_aside_too_and_its_words_are_not_logged(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.offer(job_order())
    bench.callback.troubles.append(AssertionError(f"about {PROMPT}"))

    assert bench.consumer.serve_one() is Outcome.DROPPED

    assert "AssertionError" in caplog.text
    assert PROMPT not in caplog.text


def test_a_queue_that_does_not_answer_is_the_caller_s_to_know(bench: Bench) -> None:
    bench.queue.broken = True

    with pytest.raises(QueueError):
        bench.consumer.serve_one()


def test_the_models_of_the_queues_are_loaded(bench: Bench) -> None:
    bench.consumer.load()

    assert bench.generator.loads == 1


def test_a_stop_is_seen_by_whoever_serves(bench: Bench) -> None:
    bench.consumer.stop()

    assert bench.consumer.stopping.is_set()
