"""Response of dispatch-jobs."""

from typing import Literal

from functions.edge.schema import ResponseModel


class DispatchJobsResponse(ResponseModel):
    """``outcome`` is ``busy`` when another sweep was running; ``queues`` counts what each Redis list now holds."""

    success: Literal[True] = True
    outcome: Literal["swept", "busy"]
    ended: int
    queues: dict[str, int]
