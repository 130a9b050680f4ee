"""The double gives what a test wrote down, in the order of the calls."""

import pytest

from functions.edge.workers import MemoryWorkers, Workers, WorkerTimeout
from tests.fixtures.workers import URL, healthy


async def test_it_answers_in_order_and_tells_what_was_asked() -> None:
    double = MemoryWorkers()
    workers: Workers = double
    double.answers.extend([healthy(), WorkerTimeout(5)])

    assert await workers.health(URL, 5) == healthy()
    with pytest.raises(WorkerTimeout):
        await workers.health(URL, 5)
    assert double.calls == [("health", URL, None)] * 2
