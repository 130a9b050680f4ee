"""A progress report: the lease renewed, delivered outputs written down, and whether to stop."""

from typing import Final

from functions.edge.clients import Clients
from functions.job_callback import outcomes
from functions.job_callback.schema import JobCallbackRequest, ProgressResponse, SkippedResponse

LEASE_SECONDS: Final = 15
"""Three heartbeats."""


async def report(
    clients: Clients, request: JobCallbackRequest, attempt: int, lease_seconds: int = LEASE_SECONDS
) -> ProgressResponse | SkippedResponse:
    answer = await clients.database.call(
        "report_progress",
        p_job_id=request.job_id,
        p_attempt=attempt,
        p_progress=request.progress,
        p_stage=request.stage,
        p_outputs=[output.model_dump(exclude_unset=True) for output in request.outputs],
        p_text=request.text,
        p_lease_seconds=lease_seconds,
    )
    skipped = outcomes.check(answer, request.job_id)
    return skipped or ProgressResponse(cancelled=answer["cancelled"])
