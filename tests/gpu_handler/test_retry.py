from threading import Event

import pytest

from gpu_handler.retry import CAP_SECONDS, Unavailable, backoff_seconds, call_with_retries


class Flaky:
    """Fails the given number of times."""

    def __init__(self, failures: int, retry_after: float | None = None) -> None:
        self.failures = failures
        self.retry_after = retry_after
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise Unavailable(f"failure {self.calls}", self.retry_after)
        return "done"


class Clock:
    """A stop event that is never set and whose waiting is what moves the time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def is_set(self) -> bool:
        return False

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += seconds
        return False


def test_a_call_that_returns_is_made_once() -> None:
    flaky = Flaky(0)

    assert call_with_retries(flaky, seconds=60, stop=Event()) == "done"
    assert flaky.calls == 1


def test_a_call_is_repeated_until_it_returns() -> None:
    flaky = Flaky(3)
    clock = Clock()

    assert call_with_retries(flaky, seconds=60, stop=clock, clock=clock) == "done"  # type: ignore[arg-type]
    assert flaky.calls == 4


def test_the_last_trouble_is_raised_when_the_time_is_up() -> None:
    flaky = Flaky(1000)
    clock = Clock()

    with pytest.raises(Unavailable) as raised:
        call_with_retries(flaky, seconds=60, stop=clock, clock=clock)  # type: ignore[arg-type]
    assert str(raised.value) == f"failure {flaky.calls}"
    assert clock.now <= 60


def test_the_server_s_wish_to_be_asked_later_is_followed() -> None:
    clock = Clock()

    call_with_retries(Flaky(1, retry_after=17), seconds=60, stop=clock, clock=clock)  # type: ignore[arg-type]

    assert clock.waits == [17]


def test_a_wish_past_the_deadline_ends_the_tries() -> None:
    flaky = Flaky(1, retry_after=61)

    with pytest.raises(Unavailable):
        call_with_retries(flaky, seconds=60, stop=Event())
    assert flaky.calls == 1


def test_any_other_exception_is_not_retried() -> None:
    calls = []

    def broken() -> None:
        calls.append(1)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        call_with_retries(broken, seconds=60, stop=Event())
    assert len(calls) == 1


def test_after_a_stop_without_grace_no_second_call_is_made() -> None:
    flaky = Flaky(1)
    stop = Event()
    stop.set()

    with pytest.raises(Unavailable):
        call_with_retries(flaky, seconds=60, stop=stop)
    assert flaky.calls == 1


def test_within_the_grace_after_a_stop_the_call_is_repeated() -> None:
    flaky = Flaky(1)
    stop = Event()
    stop.set()

    assert call_with_retries(flaky, seconds=60, stop=stop, grace=5) == "done"


def test_a_stop_ends_a_long_wait() -> None:
    stop = Event()

    def stopped_meanwhile() -> None:
        stop.set()
        raise Unavailable("trouble", retry_after=59)

    with pytest.raises(Unavailable):
        call_with_retries(stopped_meanwhile, seconds=60, stop=stop)


@pytest.mark.parametrize(
    ("failures", "longest"), [(1, 0.25), (2, 0.5), (3, 1), (4, 2), (6, 8), (7, CAP_SECONDS), (30, CAP_SECONDS)]
)
def test_waits_double_up_to_a_limit_and_are_drawn_from_zero_up(failures: int, longest: float) -> None:
    waits = [backoff_seconds(failures) for _ in range(200)]

    assert min(waits) < longest / 10
    assert longest * 0.9 < max(waits) <= longest
