"""How an element taken from a queue ended, as this worker knows it."""

from enum import StrEnum

from shared.errors import ErrorCode
from shared.messages import EndReport


class Outcome(StrEnum):
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PREEMPTED = "preempted"
    """Handed back: this worker was told to stop."""
    SUPERSEDED = "superseded"
    """The job ended otherwise, or a newer attempt owns it."""
    UNREPORTED = "unreported"
    """The end was refused, or nobody could be reached; the lease's end decides."""
    DROPPED = "dropped"
    """No attempt was made: the element was malformed, or its job was not to be had."""


def outcome_of(report: EndReport) -> Outcome:
    """The outcome of an attempt whose end report was accepted."""
    return Outcome.PREEMPTED if report.error_code == ErrorCode.PREEMPTED else Outcome(report.status)
