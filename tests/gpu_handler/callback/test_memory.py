import pytest

from gpu_handler.callback import AttemptOver, MemoryJobCallback
from gpu_handler.retry import Unavailable
from shared.messages import ClaimRequest, EndReport, ProgressReport
from tests.fixtures.orders import granted, job_order


def test_an_offered_job_is_granted_again_and_again() -> None:
    claim = granted(job_order())
    callback = MemoryJobCallback([claim])
    request = ClaimRequest(job_id=claim.job.id, worker_id="w", claim_id="c")

    assert callback.claim("t", request) == callback.claim("t", request) == claim


def test_any_other_job_is_over() -> None:
    with pytest.raises(AttemptOver):
        MemoryJobCallback().claim("t", ClaimRequest(job_id="other", worker_id="w", claim_id="c"))


def test_troubles_are_raised_once_each_by_whatever_is_called() -> None:
    callback = MemoryJobCallback()
    callback.troubles.extend([Unavailable("first"), AttemptOver("second")])
    report = ProgressReport(job_id="j", progress=0, stage="s")

    with pytest.raises(Unavailable):
        callback.progress("t", report)
    with pytest.raises(AttemptOver):
        callback.end("t", EndReport(job_id="j", status="completed"))
    assert callback.progress("t", report).success
