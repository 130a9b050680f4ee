"""Workers of before: they hold the service key, take jobs without asking, and report only the end.

Such a caller may only serve a job that was never claimed, which it claims here by speaking of it.
"""

from typing import Final

from functions.edge import handouts
from functions.edge.clients import Clients
from functions.edge.enhancement.waiting import settled_by_legacy
from functions.job_callback import outcomes
from functions.job_callback.end import end
from functions.job_callback.progress import report
from functions.job_callback.schema import EndResponse, JobCallbackRequest, ProgressResponse, SkippedResponse

LEASE_SECONDS: Final = 900
"""Such a worker sends no heartbeat, so its lease is as long as an attempt may be."""


async def serve(clients: Clients, request: JobCallbackRequest) -> EndResponse | ProgressResponse | SkippedResponse:
    answer = await clients.database.call(
        "claim_job",
        p_job_id=request.job_id,
        p_handout=None,
        p_worker_id=request.worker_id,
        # The same for every report of one job, so that the second report finds the first one's claim.
        p_claim_id=f"legacy {request.job_id}",
        p_lease_seconds=LEASE_SECONDS,
    )
    skipped = outcomes.check(answer, request.job_id)
    if skipped is not None:
        return skipped
    await handouts.push(clients, answer["handouts"])
    await settled_by_legacy(clients, answer["job"], answer["attempt"])
    if request.status == "processing":
        return await report(clients, request, answer["attempt"], LEASE_SECONDS)
    return await end(clients, request, answer["attempt"])
