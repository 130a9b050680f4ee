"""The test double: one job-callback in this process."""

from collections import deque
from collections.abc import Sequence

from gpu_handler.callback.protocol import AttemptOver
from shared.messages import ClaimReply, ClaimRequest, EndReport, ProgressReply, ProgressReport


class MemoryJobCallback:
    """Hands out the given claims by job id and keeps every message it gets.

    Put exceptions into ``troubles``: each call raises the oldest one instead of answering. Set ``cancelled`` to have
    every progress reply ask for a stop.
    """

    def __init__(self, claims: Sequence[ClaimReply] = ()) -> None:
        self.jobs = {claim.job.id: claim for claim in claims}
        self.claims: list[ClaimRequest] = []
        self.reports: list[ProgressReport] = []
        self.ends: list[EndReport] = []
        self.troubles: deque[Exception] = deque()
        self.cancelled = False

    def claim(self, token: str, request: ClaimRequest) -> ClaimReply:  # noqa: ARG002
        self.claims.append(request)
        self._raise_trouble()
        if request.job_id not in self.jobs:
            raise AttemptOver("no such job")
        return self.jobs[request.job_id]

    def progress(self, token: str, report: ProgressReport) -> ProgressReply:  # noqa: ARG002
        self.reports.append(report)
        self._raise_trouble()
        return ProgressReply(success=True, cancelled=self.cancelled)

    def end(self, token: str, report: EndReport) -> None:  # noqa: ARG002
        self.ends.append(report)
        self._raise_trouble()

    def _raise_trouble(self) -> None:
        if self.troubles:
            raise self.troubles.popleft()
