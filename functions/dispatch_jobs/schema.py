"""Request and response of dispatch-jobs."""

from typing import Literal

from functions.edge.schema import Flag, RequestModel, ResponseModel


class DispatchJobsRequest(RequestModel):
    housekeeping: Flag = False
    """Delete expired and orphaned objects as well."""


class DispatchJobsResponse(ResponseModel):
    """``outcome`` is ``busy`` when another sweep was running; ``queues`` counts what each Redis list now holds."""

    success: Literal[True] = True
    outcome: Literal["swept", "busy"]
    ended: int
    queues: dict[str, int]
    deleted: int
    """Objects."""
