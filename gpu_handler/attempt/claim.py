"""Asking for a job that a queue element told of."""

import logging
from threading import Event
from typing import Final
from uuid import uuid4

from gpu_handler.callback import AttemptOver, CallbackRefused, JobCallback
from gpu_handler.intake import Ticket
from gpu_handler.retry import Unavailable, call_with_retries
from shared.messages import ClaimReply, ClaimRequest

CLAIM_SECONDS: Final = 60.0
"""After that the hand-out has long been repeated; another worker takes it."""

_logger = logging.getLogger(__name__)


def claim(ticket: Ticket, callback: JobCallback, worker_id: str, stop: Event) -> ClaimReply | None:
    """An attempt at the job, or ``None`` where it is not to be had: the element is to be dropped then."""
    # One id for all tries: if an answer was lost, the next try gets the same attempt again.
    request = ClaimRequest(job_id=ticket.job_id, worker_id=worker_id, claim_id=uuid4().hex)
    try:
        return call_with_retries(lambda: callback.claim(ticket.queue_token, request), seconds=CLAIM_SECONDS, stop=stop)
    except AttemptOver as over:
        _logger.info("Job %s is not to be had: %s.", ticket.job_id, over)
    except CallbackRefused as refusal:
        _logger.warning("The claim of job %s was refused: %s.", ticket.job_id, refusal)
    except Unavailable as error:
        _logger.warning("Job %s could not be claimed: %s.", ticket.job_id, error)
    return None
