import pytest

from gpu_handler.attempt.stopwatch import Stopwatch


def test_a_stage_entered_twice_is_told_once() -> None:
    stopwatch = Stopwatch()

    for _ in range(2):
        with stopwatch.stage("generate"):
            pass

    assert list(stopwatch.seconds()) == ["generate"]
    assert stopwatch.seconds()["generate"] >= 0


def test_a_stage_that_fails_is_told_too() -> None:
    stopwatch = Stopwatch()

    with pytest.raises(KeyError), stopwatch.stage("load"):
        raise KeyError

    assert "load" in stopwatch.seconds()
