"""What a heartbeat has to tell, and when: newest progress and text only, finished outputs until they are
acknowledged.
"""

from typing import Final

from gpu_handler.retry import backoff_seconds
from shared.messages import Output, ProgressReport

SHORTEST_SECONDS: Final = 0.5
LONGEST_SECONDS: Final = 5.0


class Pulse:
    """One attempt's state between the generator and its heartbeat. All times are one monotonic clock's seconds."""

    def __init__(self, job_id: str, stall_seconds: float, now: float) -> None:
        self._job_id = job_id
        self._stall_seconds = stall_seconds
        self._progress = 0.0
        self._stage = "starting"
        self._outputs: dict[int, Output] = {}
        self._text: str | None = None
        self._changed = True
        self._moved_at = now
        self._not_before = now
        self._sent_at = now
        self._failures = 0

    def moved(self, progress: float, stage: str, now: float) -> None:
        """The work went on by a step."""
        self._progress = min(1.0, max(self._progress, progress))
        self._stage = stage
        self._moved_at = now
        self._changed = True

    def delivered(self, output: Output, now: float) -> None:
        self._outputs[output.index] = output
        self._moved_at = now
        self._changed = True

    def wrote(self, text: str) -> None:
        """``text`` is all there is until now. It goes with the next report; writing on is what moves the work."""
        self._text = text

    def due_at(self) -> float | None:
        """When the next report is to be sent; ``None`` while the generator has stalled, so that the lease ends."""
        due = self._not_before if self._changed else max(self._not_before, self._sent_at + LONGEST_SECONDS)
        return due if due - self._moved_at <= self._stall_seconds else None

    def report(self, now: float) -> ProgressReport:
        """The report to send now."""
        self._changed = False
        self._sent_at = now
        self._not_before = now + SHORTEST_SECONDS
        outputs = sorted(self._outputs.values(), key=lambda output: output.index)
        return ProgressReport(
            job_id=self._job_id, progress=self._progress, stage=self._stage, outputs=outputs, text=self._text
        )

    def settled(self, report: ProgressReport) -> None:
        """The report was answered: its outputs and its text need not be told again."""
        self._failures = 0
        for output in report.outputs:
            self._outputs.pop(output.index, None)
        if self._text == report.text:
            self._text = None

    def failed(self, now: float, retry_after: float | None) -> None:
        """The report went unanswered: tell the newest state soon, but no later than a lease allows."""
        self._failures += 1
        self._changed = True
        wait = max(backoff_seconds(self._failures, cap=LONGEST_SECONDS), retry_after or 0.0)
        self._not_before = now + min(max(wait, SHORTEST_SECONDS), LONGEST_SECONDS)
