"""Response of health."""

from typing import Literal

from functions.edge.schema import ResponseModel

State = Literal["ok", "down"]


class HealthResponse(ResponseModel):
    """``degraded``: jobs are accepted and wait, because Redis is down or nobody sweeps. ``down``: none is accepted."""

    status: Literal["ok", "degraded", "down"]
    database: State
    queue: State
    secondsSinceSweep: float | None
