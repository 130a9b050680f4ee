import httpx
import pytest

from gpu_handler.callback import AttemptOver, CallbackRefused, HttpJobCallback
from gpu_handler.retry import Unavailable
from shared.messages import ClaimRequest, EndReport, ProgressReport
from tests.fixtures.job_site import JobSite, Trouble
from tests.fixtures.orders import job_order


@pytest.fixture
def callback(client: httpx.Client, site: JobSite) -> HttpJobCallback:
    return HttpJobCallback(client, site.callback_url)


def claim_request(job_id: str) -> ClaimRequest:
    return ClaimRequest(job_id=job_id, worker_id="w", claim_id="c")


def test_a_claim_carries_the_queue_token_and_is_answered_with_the_job(site: JobSite, callback: HttpJobCallback) -> None:
    claim = site.offer(job_order(num_images=3))

    assert callback.claim("queue-token", claim_request(claim.job.id)) == claim
    assert site.bearers == {"queue-token"}
    assert site.callback.claims == [claim_request(claim.job.id)]


def test_progress_is_answered_with_whether_to_stop(site: JobSite, callback: HttpJobCallback) -> None:
    report = ProgressReport(job_id="j", progress=0.25, stage="generating")

    assert callback.progress("attempt-token", report).cancelled is False
    site.callback.cancelled = True
    assert callback.progress("attempt-token", report).cancelled is True
    assert site.callback.reports == [report, report]


def test_the_end_is_told(site: JobSite, callback: HttpJobCallback) -> None:
    report = EndReport(job_id="j", status="failed", error_code="network", error_message="Broken.", retryable=True)

    callback.end("attempt-token", report)

    assert site.callback.ends == [report]
    assert site.bearers == {"attempt-token"}


@pytest.mark.parametrize("status", [401, 403, 404, 409, 410])
def test_an_answer_that_denies_the_attempt_is_final(site: JobSite, callback: HttpJobCallback, status: int) -> None:
    site.troubles["claim"].append(Trouble(status))

    with pytest.raises(AttemptOver):
        callback.claim("t", claim_request("j"))


ENDED = Trouble(200, body={"success": True, "skipped": True})


def test_a_job_that_has_ended_cannot_be_claimed(site: JobSite, callback: HttpJobCallback) -> None:
    site.troubles["claim"].append(ENDED)

    with pytest.raises(AttemptOver, match="the job has ended"):
        callback.claim("t", claim_request("j"))


def test_progress_of_a_job_that_has_ended_is_unwanted(site: JobSite, callback: HttpJobCallback) -> None:
    site.troubles["processing"].append(ENDED)

    with pytest.raises(AttemptOver, match="the job has ended"):
        callback.progress("t", ProgressReport(job_id="j", progress=0, stage="s"))


def test_the_end_of_a_job_that_has_ended_counts_as_heard(site: JobSite, callback: HttpJobCallback) -> None:
    site.troubles["end"].append(ENDED)

    callback.end("t", EndReport(job_id="j", status="completed"))


def test_a_proxy_s_page_is_no_acceptance_of_an_end(site: JobSite, callback: HttpJobCallback) -> None:
    site.troubles["end"].append(Trouble(200, body="<html>"))

    with pytest.raises(Unavailable):
        callback.end("t", EndReport(job_id="j", status="completed"))


@pytest.mark.parametrize("status", [302, 400, 413, 422])
def test_a_message_that_is_not_accepted_is_refused(site: JobSite, callback: HttpJobCallback, status: int) -> None:
    site.troubles["end"].append(Trouble(status))

    with pytest.raises(CallbackRefused, match=f"HTTP {status}"):
        callback.end("t", EndReport(job_id="j", status="completed"))


def test_a_passing_trouble_is_unavailable(site: JobSite, callback: HttpJobCallback) -> None:
    site.troubles["claim"].append(Trouble(503, {"retry-after": "2"}))

    with pytest.raises(Unavailable) as raised:
        callback.claim("t", claim_request("j"))
    assert raised.value.retry_after == 2


@pytest.mark.parametrize("body", ["<html>", {"success": True}, [1], None])
def test_an_answer_that_is_no_claim_may_be_followed_by_one(
    site: JobSite, callback: HttpJobCallback, body: object
) -> None:
    site.troubles["claim"].append(Trouble(200, body=body))

    with pytest.raises(Unavailable):
        callback.claim("t", claim_request("j"))


def test_an_unknown_key_in_an_answer_is_ignored(site: JobSite, callback: HttpJobCallback) -> None:
    body = {"success": True, "cancelled": False, "message": "new", "debug": {}}
    site.troubles["processing"].append(Trouble(200, body=body))

    assert callback.progress("t", ProgressReport(job_id="j", progress=0, stage="s")).success
