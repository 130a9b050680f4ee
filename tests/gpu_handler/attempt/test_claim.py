import logging
from threading import Event

import httpx
import pytest

from gpu_handler.attempt.claim import claim
from gpu_handler.callback import CallbackRefused, HttpJobCallback, MemoryJobCallback
from gpu_handler.intake import Ticket
from gpu_handler.retry import Unavailable
from shared.messages import ClaimReply
from tests.fixtures.job_site import JobSite, Trouble
from tests.fixtures.orders import PROMPT, granted, job_order


def claimed(callback: MemoryJobCallback | HttpJobCallback, job_id: str, stop: Event | None = None) -> ClaimReply | None:
    return claim(Ticket(job_id, "queue-token-secret"), callback, "worker-1", stop or Event())


def test_a_granted_claim_is_returned() -> None:
    reply = granted(job_order())
    callback = MemoryJobCallback([reply])

    assert claimed(callback, reply.job.id) == reply
    assert callback.claims[0].worker_id == "worker-1"


def test_a_repeated_claim_keeps_its_id() -> None:
    reply = granted(job_order())
    callback = MemoryJobCallback([reply])
    callback.troubles.extend([Unavailable("HTTP 503"), Unavailable("HTTP 503")])

    assert claimed(callback, reply.job.id) == reply
    assert len(callback.claims) == 3
    assert len({request.claim_id for request in callback.claims}) == 1


def test_two_claims_have_two_ids() -> None:
    reply = granted(job_order())
    callback = MemoryJobCallback([reply])

    claimed(callback, reply.job.id)
    claimed(callback, reply.job.id)

    assert len({request.claim_id for request in callback.claims}) == 2


def test_a_job_that_is_not_to_be_had_is_dropped_after_one_try() -> None:
    callback = MemoryJobCallback()

    assert claimed(callback, "gone") is None
    assert len(callback.claims) == 1


def test_a_refused_claim_is_dropped_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    callback = MemoryJobCallback()
    callback.troubles.append(CallbackRefused("HTTP 422"))

    assert claimed(callback, "job-1") is None
    assert caplog.record_tuples == [
        ("gpu_handler.attempt.claim", logging.WARNING, "The claim of job job-1 was refused: HTTP 422.")
    ]


def test_an_outage_past_the_limit_drops_the_element() -> None:
    callback = MemoryJobCallback([granted(job_order())])
    callback.troubles.append(Unavailable("HTTP 503", retry_after=61))

    assert claimed(callback, "job-1") is None


def test_a_stopping_worker_does_not_go_on_claiming() -> None:
    reply = granted(job_order())
    callback = MemoryJobCallback([reply])
    callback.troubles.append(Unavailable("HTTP 503"))
    stop = Event()
    stop.set()

    assert claimed(callback, reply.job.id, stop) is None


def test_a_lost_answer_is_asked_for_again_over_http(client: httpx.Client, site: JobSite) -> None:
    reply = site.offer(job_order())
    site.troubles["claim"].append(Trouble(502, after=True))

    assert claimed(HttpJobCallback(client, site.callback_url), reply.job.id) == reply
    first, second = site.callback.claims
    assert first == second


def test_nothing_secret_is_logged(client: httpx.Client, site: JobSite, caplog: pytest.LogCaptureFixture) -> None:
    reply = site.offer(job_order())
    site.troubles["claim"].extend([Trouble(503), Trouble(400)])

    with caplog.at_level(logging.DEBUG, logger="gpu_handler"):
        claimed(HttpJobCallback(client, site.callback_url), reply.job.id)

    assert caplog.text
    assert "secret" not in caplog.text
    assert PROMPT not in caplog.text
