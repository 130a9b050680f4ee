import pytest

from gpu_handler.attempt.outcome import Outcome, outcome_of
from shared.messages import EndReport


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_an_accepted_report_is_its_own_outcome(status: str) -> None:
    assert outcome_of(EndReport(job_id="j", status=status)) == status  # type: ignore[arg-type]


def test_a_hand_back_is_told_from_a_failure() -> None:
    report = EndReport(job_id="j", status="failed", error_code="preempted", retryable=True)

    assert outcome_of(report) is Outcome.PREEMPTED
