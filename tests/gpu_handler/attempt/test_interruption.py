import pytest

from gpu_handler.attempt.interruption import Interrupted, Interruption, Reason


def test_nothing_happens_until_a_stop_is_requested() -> None:
    interruption = Interruption()

    interruption.check()

    assert not interruption.event.is_set()


def test_a_requested_stop_interrupts_with_its_reason() -> None:
    interruption = Interruption()
    interruption.request(Reason.CANCELLED)

    with pytest.raises(Interrupted) as raised:
        interruption.check()
    assert raised.value.reason is Reason.CANCELLED
    assert interruption.event.is_set()


def test_the_first_reason_stays() -> None:
    interruption = Interruption()
    interruption.request(Reason.PREEMPTED)
    interruption.request(Reason.SUPERSEDED)

    assert interruption.reason is Reason.PREEMPTED
