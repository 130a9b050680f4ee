import pytest

from gpu_handler.attempt.pulse import LONGEST_SECONDS, SHORTEST_SECONDS, Pulse
from shared.messages import Output

STALL = 120.0


@pytest.fixture
def pulse() -> Pulse:
    """Born at second 0, its first report sent and answered then."""
    pulse = Pulse("job", STALL, 0.0)
    pulse.settled(pulse.report(0.0))
    return pulse


def output(index: int) -> Output:
    return Output(index=index, path=f"u/j/1-{index}.png")


def test_the_text_goes_with_the_next_report_until_that_is_heard(pulse: Pulse) -> None:
    pulse.wrote("It")
    pulse.wrote("It is")
    lost = pulse.report(1.0)
    pulse.failed(1.0, None)
    heard = pulse.report(2.0)
    assert (lost.text, heard.text) == ("It is", "It is")
    pulse.wrote("It is said")
    pulse.settled(heard)
    assert pulse.report(3.0).text == "It is said"
    pulse.settled(pulse.report(3.5))
    assert pulse.report(4.0).text is None


def test_the_first_report_is_due_at_once() -> None:
    assert Pulse("job", STALL, 3.0).due_at() == 3.0


def test_a_step_is_told_half_a_second_after_the_last_report(pulse: Pulse) -> None:
    pulse.moved(0.1, "generating", 0.01)

    assert pulse.due_at() == SHORTEST_SECONDS


def test_a_step_long_after_the_last_report_is_told_at_once(pulse: Pulse) -> None:
    pulse.moved(0.1, "generating", 3.0)

    due = pulse.due_at()
    assert due is not None
    assert due <= 3.0


def test_without_any_step_the_next_report_comes_after_five_seconds(pulse: Pulse) -> None:
    assert pulse.due_at() == LONGEST_SECONDS


def test_a_hundred_quick_steps_are_at_most_two_reports_a_second(pulse: Pulse) -> None:
    sent = []
    for step in range(1, 101):
        now = step * 0.05
        pulse.moved(step / 100, "generating", now)
        due = pulse.due_at()
        if due is not None and due <= now:
            pulse.settled(pulse.report(now))
            sent.append(now)

    assert len(sent) == 10
    assert min(later - earlier for earlier, later in zip([0.0, *sent], sent, strict=False)) >= SHORTEST_SECONDS


def test_only_the_newest_progress_is_told(pulse: Pulse) -> None:
    pulse.moved(0.1, "loading", 0.1)
    pulse.moved(0.2, "generating", 0.2)

    report = pulse.report(0.5)

    assert (report.progress, report.stage) == (0.2, "generating")


def test_progress_never_goes_back_or_past_the_end(pulse: Pulse) -> None:
    pulse.moved(0.6, "generating", 0.1)
    pulse.moved(0.5, "generating", 0.2)
    assert pulse.report(0.5).progress == 0.6
    pulse.moved(1.0001, "uploading", 0.6)
    assert pulse.report(1.0).progress == 1.0


def test_reports_stop_once_no_step_has_come_for_the_stall_limit(pulse: Pulse) -> None:
    now = 0.0
    while (due := pulse.due_at()) is not None:
        now = due
        pulse.settled(pulse.report(now))

    assert STALL - LONGEST_SECONDS < now <= STALL


def test_a_step_after_a_stall_starts_the_reports_again(pulse: Pulse) -> None:
    while (due := pulse.due_at()) is not None:
        pulse.settled(pulse.report(due))

    pulse.moved(0.5, "generating", 500.0)

    assert pulse.due_at() is not None


def test_a_stalled_generator_is_not_kept_alive_by_failing_reports(pulse: Pulse) -> None:
    now = 0.0
    while (due := pulse.due_at()) is not None:
        now = max(now, due)
        pulse.report(now)
        pulse.failed(now, None)

    assert now <= STALL


def test_an_output_is_told_until_a_report_is_answered(pulse: Pulse) -> None:
    pulse.delivered(output(0), 0.1)
    assert pulse.report(0.5).outputs == [output(0)]
    pulse.failed(0.6, None)
    pulse.delivered(output(1), 0.7)
    both = pulse.report(1.5)
    assert both.outputs == [output(0), output(1)]
    pulse.settled(both)
    assert pulse.report(2.5).outputs == []


def test_an_output_finished_during_a_report_is_told_by_the_next(pulse: Pulse) -> None:
    pulse.delivered(output(0), 0.1)
    under_way = pulse.report(0.5)
    pulse.delivered(output(1), 0.6)
    pulse.settled(under_way)

    assert pulse.report(1.0).outputs == [output(1)]


def test_outputs_are_told_in_index_order(pulse: Pulse) -> None:
    for index in (2, 0, 1):
        pulse.delivered(output(index), 0.1)

    assert [told.index for told in pulse.report(0.5).outputs] == [0, 1, 2]


def test_after_a_failure_the_next_report_comes_within_a_lease_s_reach(pulse: Pulse) -> None:
    for _ in range(20):
        pulse.report(10.0)
        pulse.failed(10.0, None)
        due = pulse.due_at()
        assert due is not None
        assert SHORTEST_SECONDS <= due - 10.0 <= LONGEST_SECONDS


def test_a_wish_to_be_asked_later_is_followed_up_to_five_seconds(pulse: Pulse) -> None:
    pulse.failed(10.0, 3.0)
    due = pulse.due_at()
    assert due is not None
    assert due >= 13.0
    pulse.failed(20.0, 3600.0)
    assert pulse.due_at() == 25.0
