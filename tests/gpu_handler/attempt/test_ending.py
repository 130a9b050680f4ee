import logging
from threading import Event, Thread

import jwt
import pytest

from gpu_handler.attempt.ending import DEFAULT_LIFETIME_SECONDS, Ending, token_lifetime
from gpu_handler.attempt.outcome import Outcome
from gpu_handler.callback import AttemptOver, CallbackRefused, MemoryJobCallback
from gpu_handler.retry import Unavailable
from shared.messages import EndReport
from tests.fixtures.orders import attempt_token

COMPLETED = EndReport(job_id="job", status="completed")
FAILED = EndReport(job_id="job", status="failed", error_code="preempted", retryable=True)


@pytest.fixture
def callback() -> MemoryJobCallback:
    return MemoryJobCallback()


@pytest.fixture
def ending(callback: MemoryJobCallback) -> Ending:
    return Ending(callback, attempt_token(), Event())


def test_a_report_is_delivered(callback: MemoryJobCallback, ending: Ending) -> None:
    assert ending.say(COMPLETED) is Outcome.COMPLETED
    assert callback.ends == [COMPLETED]


def test_only_the_first_report_counts(callback: MemoryJobCallback, ending: Ending) -> None:
    ending.say(FAILED)

    assert ending.say(COMPLETED) is Outcome.PREEMPTED
    assert callback.ends == [FAILED]


def test_a_second_thread_waits_until_the_first_report_is_heard() -> None:
    arrived, go_on = Event(), Event()

    class Slow(MemoryJobCallback):
        def end(self, token: str, report: EndReport) -> None:
            arrived.set()
            assert go_on.wait(10)
            super().end(token, report)

    callback = Slow()
    ending = Ending(callback, attempt_token(), Event())
    first = Thread(target=ending.say, args=(FAILED,))
    first.start()
    assert arrived.wait(10)
    second = Thread(target=ending.say, args=(COMPLETED,))
    second.start()
    assert second.is_alive()
    go_on.set()
    first.join()
    second.join()

    assert callback.ends == [FAILED]


def test_an_unheard_report_is_repeated(callback: MemoryJobCallback, ending: Ending) -> None:
    """Q6: finished work is told until somebody heard it."""
    callback.troubles.extend([Unavailable("HTTP 503")] * 3)

    ending.say(COMPLETED)

    assert callback.ends == [COMPLETED] * 4


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(AttemptOver("HTTP 409"), Outcome.SUPERSEDED), (CallbackRefused("HTTP 422"), Outcome.UNREPORTED)],
)
def test_a_final_answer_ends_the_repeats(
    callback: MemoryJobCallback,
    ending: Ending,
    answer: Exception,
    outcome: Outcome,
    caplog: pytest.LogCaptureFixture,
) -> None:
    callback.troubles.append(answer)

    with caplog.at_level(logging.INFO):
        assert ending.say(COMPLETED) is outcome

    assert len(callback.ends) == 1
    assert str(answer) in caplog.text


def test_a_report_that_cannot_be_delivered_before_the_token_ends_is_given_up(
    callback: MemoryJobCallback, caplog: pytest.LogCaptureFixture
) -> None:
    callback.troubles.append(Unavailable("HTTP 503", retry_after=901))

    assert Ending(callback, attempt_token(900), Event()).say(COMPLETED) is Outcome.UNREPORTED

    assert len(callback.ends) == 1
    assert "never delivered" in caplog.text


def test_a_token_about_to_end_still_gets_a_minute_of_tries(callback: MemoryJobCallback) -> None:
    callback.troubles.append(Unavailable("HTTP 503"))

    Ending(callback, attempt_token(0), Event()).say(COMPLETED)

    assert len(callback.ends) == 2


def test_a_stopping_worker_gives_a_report_only_seconds(callback: MemoryJobCallback) -> None:
    callback.troubles.append(Unavailable("HTTP 503", retry_after=30))
    stop = Event()
    stop.set()

    Ending(callback, attempt_token(), stop).say(FAILED)

    assert len(callback.ends) == 1


def test_a_token_s_lifetime_is_read_without_its_key() -> None:
    assert token_lifetime(attempt_token(123)) == pytest.approx(123)


@pytest.mark.parametrize(
    "token",
    ["", "not a token", jwt.encode({"iat": 1}, "k" * 32), jwt.encode({"exp": 2**40}, "k" * 32)],
    ids=["empty", "no jwt", "no end", "no start"],
)
def test_a_token_that_tells_no_lifetime_has_the_usual_one(token: str) -> None:
    assert token_lifetime(token) == DEFAULT_LIFETIME_SECONDS
