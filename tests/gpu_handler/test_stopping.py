import asyncio
import os
import signal
import threading

import pytest

from gpu_handler.stopping import run_in_thread, stopped_by_signals


async def test_the_result_of_the_thread_is_returned() -> None:
    assert await run_in_thread(lambda: threading.current_thread() is threading.main_thread(), lambda: None) is False


async def test_an_exception_of_the_thread_is_raised() -> None:
    def fail() -> None:
        raise KeyError("inside")

    with pytest.raises(KeyError):
        await run_in_thread(fail, lambda: None)


async def test_a_cancellation_stops_the_work_and_waits_for_it() -> None:
    started, stop, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        assert stop.wait(10)
        ended.set()

    task = asyncio.create_task(run_in_thread(work, stop.set))
    await asyncio.to_thread(started.wait)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_the_work_and_reaches_the_handler_before(number: signal.Signals) -> None:
    heard: list[int] = []
    stop = threading.Event()
    before = signal.signal(number, lambda received, _frame: heard.append(received))
    try:
        with stopped_by_signals(stop.set):
            os.kill(os.getpid(), number)
            assert await asyncio.to_thread(stop.wait, 10)
        os.kill(os.getpid(), number)
    finally:
        signal.signal(number, before)

    assert heard == [number, number]


async def test_the_handlers_before_are_back_afterwards() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]

    with stopped_by_signals(lambda: None):
        assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] != before

    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
