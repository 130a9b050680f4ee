"""Reading what lies in a queue. Whoever can write there must not be able to stop a worker or to send it elsewhere."""

from dataclasses import dataclass
from uuid import UUID

import httpx
from pydantic import ValidationError

from shared.job_types import resolve
from shared.messages import Callback, QueueElement


class Malformed(Exception):
    """Not an element this worker can work on. The text names the reason and no word of the element but its job id."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What an element is good for: asking for one job."""

    job_id: str
    queue_token: str


def read_element(text: str, callback_url: str) -> Ticket:
    """Raises ``Malformed``."""
    try:
        element = QueueElement.model_validate_json(text)
    except ValidationError as error:
        problem = error.errors()[0]
        if problem["type"] == "json_invalid":
            raise Malformed("it is not JSON") from None
        raise Malformed(f"its {'.'.join(map(str, problem['loc'])) or 'shape'} is wrong") from None
    return ticket_of(element, callback_url)


def ticket_of(element: QueueElement, callback_url: str) -> Ticket:
    """Raises ``Malformed``."""
    try:
        job_id = f"job {UUID(element.id)}"
    except ValueError:
        raise Malformed("its id is no uuid") from None
    try:
        resolve(element.type)
    except KeyError:
        raise Malformed(f"{job_id} has an unknown type") from None
    if element.callback is None:
        raise Malformed(f"{job_id} names no callback")
    if not _same_origin(element.callback, callback_url):
        raise Malformed(f"{job_id} names a callback on another host than JOB_CALLBACK_URL")
    token = element.callback.token
    # It becomes a header.
    if not token or not token.isascii() or not token.isprintable():
        raise Malformed(f"{job_id} has no usable token")
    return Ticket(element.id, token)


def _same_origin(callback: Callback, callback_url: str) -> bool:
    ours = httpx.URL(callback_url)
    try:
        theirs = httpx.URL(callback.url)
    except httpx.InvalidURL:
        return False
    return (theirs.scheme, theirs.host, _port(theirs)) == (ours.scheme, ours.host, _port(ours))


def _port(url: httpx.URL) -> int | None:
    return url.port or {"http": 80, "https": 443}.get(url.scheme)
