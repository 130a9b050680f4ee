"""HTTP in and out of job-callback: the credential says which of the three messages a caller may send."""

from typing import Annotated, Final

from fastapi import APIRouter

from functions.edge.auth import Caller, allow
from functions.edge.clients import ClientsDep
from functions.edge.errors import ApiError
from functions.edge.openapi import refused
from functions.job_callback import legacy
from functions.job_callback.claim import claim
from functions.job_callback.end import end
from functions.job_callback.progress import report
from functions.job_callback.schema import (
    ClaimResponse,
    EndResponse,
    JobCallbackRequest,
    ProgressResponse,
    SkippedResponse,
)
from shared.errors import ErrorCode
from shared.tokens import QueueToken

router = APIRouter()

_REFUSED: Final = refused(
    ErrorCode.FORBIDDEN,
    ErrorCode.NOT_FOUND,
    ErrorCode.STALE_HANDOUT,
    ErrorCode.STALE_ATTEMPT,
    ErrorCode.OUTPUT_MISSING,
    ErrorCode.OUTPUT_REFUSED,
    ErrorCode.STORAGE_UNAVAILABLE,
)

Answer = ClaimResponse | ProgressResponse | EndResponse | SkippedResponse


@router.post("/job-callback", responses=_REFUSED)
async def job_callback(
    request: JobCallbackRequest, caller: Annotated[Caller, allow("secret", "job")], clients: ClientsDep
) -> Answer:
    """A queue token claims its hand-out; an attempt token reports and ends its attempt."""
    token = caller.job_token
    if token is None:
        return await legacy.serve(clients, request)
    if token.job_id != request.job_id:
        raise ApiError(ErrorCode.FORBIDDEN, "The token is another job's.")
    if isinstance(token, QueueToken):
        if request.status != "processing" or request.claim_id is None:
            raise ApiError(ErrorCode.FORBIDDEN, "A queue token may only claim: status processing and a claim_id.")
        return await claim(clients, request, token.handout)
    if request.status == "processing":
        return await report(clients, request, token.attempt)
    return await end(clients, request, token.attempt)
