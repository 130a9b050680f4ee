import time
from collections.abc import Callable

import pytest

from gpu_handler.attempt.heartbeat import Heartbeat
from gpu_handler.attempt.interruption import Interruption, Reason
from gpu_handler.callback import AttemptOver, CallbackRefused, MemoryJobCallback
from gpu_handler.retry import Unavailable
from shared.messages import Output


@pytest.fixture
def callback() -> MemoryJobCallback:
    return MemoryJobCallback()


@pytest.fixture
def interruption() -> Interruption:
    return Interruption()


@pytest.fixture
def heartbeat(callback: MemoryJobCallback, interruption: Interruption) -> Heartbeat:
    return Heartbeat(callback, "token", "job", 120.0, interruption)


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_report_is_sent_on_entering(callback: MemoryJobCallback, heartbeat: Heartbeat) -> None:
    with heartbeat:
        eventually(lambda: len(callback.reports) == 1)

    assert (callback.reports[0].job_id, callback.reports[0].progress) == ("job", 0.0)


def test_steps_and_outputs_are_reported(callback: MemoryJobCallback, heartbeat: Heartbeat) -> None:
    output = Output(index=0, path="u/j/1-0.png")
    with heartbeat:
        heartbeat.moved(0.5, "generating")
        heartbeat.delivered(output)
        eventually(lambda: any(report.outputs == [output] for report in callback.reports))

    assert callback.reports[-1].progress == 0.5


def test_a_cancellation_interrupts_the_attempt(
    callback: MemoryJobCallback, heartbeat: Heartbeat, interruption: Interruption
) -> None:
    callback.cancelled = True
    with heartbeat:
        eventually(interruption.event.is_set)

    assert interruption.reason is Reason.CANCELLED


def test_a_denied_attempt_is_superseded_and_reports_nothing_more(
    callback: MemoryJobCallback, heartbeat: Heartbeat, interruption: Interruption
) -> None:
    callback.troubles.append(AttemptOver("HTTP 409"))
    with heartbeat:
        eventually(interruption.event.is_set)
        heartbeat.moved(0.5, "generating")

    assert interruption.reason is Reason.SUPERSEDED
    assert len(callback.reports) == 1


def test_an_unanswered_report_is_followed_by_another(
    callback: MemoryJobCallback, heartbeat: Heartbeat, interruption: Interruption
) -> None:
    callback.troubles.append(Unavailable("HTTP 503"))
    with heartbeat:
        eventually(lambda: len(callback.reports) == 2)

    assert interruption.reason is None


def test_outputs_of_an_unanswered_report_are_told_again(callback: MemoryJobCallback, heartbeat: Heartbeat) -> None:
    output = Output(index=0, path="u/j/1-0.png")
    callback.troubles.append(Unavailable("HTTP 503"))
    heartbeat.delivered(output)
    with heartbeat:
        eventually(lambda: len(callback.reports) == 2)

    assert [report.outputs for report in callback.reports] == [[output], [output]]


def test_a_refused_report_is_logged_and_not_sent_again(
    callback: MemoryJobCallback, heartbeat: Heartbeat, interruption: Interruption, caplog: pytest.LogCaptureFixture
) -> None:
    callback.troubles.append(CallbackRefused("HTTP 422"))
    heartbeat.delivered(Output(index=0, path="u/j/1-0.png"))
    with heartbeat:
        eventually(lambda: "HTTP 422" in caplog.text)
        heartbeat.moved(0.5, "generating")
        eventually(lambda: len(callback.reports) == 2)

    assert callback.reports[1].outputs == []
    assert interruption.reason is None


def test_an_interrupted_attempt_is_reported_no_more(
    callback: MemoryJobCallback, heartbeat: Heartbeat, interruption: Interruption
) -> None:
    interruption.request(Reason.PREEMPTED)
    with heartbeat:
        heartbeat.moved(0.5, "generating")

    assert callback.reports == []
