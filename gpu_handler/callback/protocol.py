"""The seam. Each method is one call, never repeated by itself."""

from typing import Protocol

from shared.messages import ClaimReply, ClaimRequest, EndReport, ProgressReply, ProgressReport


class AttemptOver(Exception):
    """The job has ended, or belongs to a newer hand-out or attempt: nothing this worker says counts any more."""


class CallbackRefused(Exception):
    """The message itself was not accepted; the same one again would not be either."""


class JobCallback(Protocol):
    """Every method raises ``AttemptOver``, ``CallbackRefused``, or ``Unavailable`` where trying again may help."""

    def claim(self, token: str, request: ClaimRequest) -> ClaimReply:
        """``token`` is the queue token. The same ``claim_id`` again gets the same answer."""

    def progress(self, token: str, report: ProgressReport) -> ProgressReply:
        """``token`` is the attempt token, here and below."""

    def end(self, token: str, report: EndReport) -> None: ...
