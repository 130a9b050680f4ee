"""Wait until a job has ended, but no longer than somebody is willing to."""

import asyncio
import time
from typing import Any, Final
from uuid import UUID

from functions.edge.clients import Clients
from functions.edge.database import DatabaseUnavailable
from functions.edge.errors import ApiError
from shared.errors import ErrorCode

FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 2.0
_ENDED: Final = ("completed", "failed", "cancelled")


async def ended(clients: Clients, user_id: UUID, job_id: str, seconds: float) -> dict[str, Any] | None:
    """The answer of ``get_job`` once the job has ended, else the latest after so many seconds, if there was any.

    Raises ``ApiError`` (404).
    """
    found = None
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            found = await clients.database.call("get_job", p_user_id=user_id, p_job_id=job_id)
            if found["outcome"] == "not_found":
                raise ApiError(ErrorCode.NOT_FOUND, "The job is gone, and so is the account.")
            if found["job"]["status"] in _ENDED:
                return found
        except DatabaseUnavailable:
            # The job is accepted: the caller is better off with its id than with an error.
            pass
        left = deadline - time.monotonic()
        if left <= 0:
            return found
        await asyncio.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
