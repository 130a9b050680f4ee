"""HTTP out of health."""

import asyncio
from typing import Final

from fastapi import APIRouter, Response

from functions.edge.clients import Clients, ClientsDep
from functions.edge.database import DatabaseError, DatabaseUnavailable
from functions.health.schema import HealthResponse, State
from shared.queue import QueueError

router = APIRouter()

SWEEP_LATE_SECONDS: Final = 60.0


@router.get("/health", responses={503: {"model": HealthResponse, "description": "The database is down."}})
async def health(clients: ClientsDep, response: Response) -> HealthResponse:
    """503 when the database is down, else 200."""
    (database, seconds_since_sweep), queue = await asyncio.gather(_database(clients), _queue(clients))
    response.status_code = 200 if database == "ok" else 503
    is_late = seconds_since_sweep is None or seconds_since_sweep > SWEEP_LATE_SECONDS
    return HealthResponse(
        status="down" if database == "down" else "degraded" if queue == "down" or is_late else "ok",
        database=database,
        queue=queue,
        secondsSinceSweep=seconds_since_sweep,
    )


async def _database(clients: Clients) -> tuple[State, float | None]:
    try:
        answer = await clients.database.call("health")
    except (DatabaseUnavailable, DatabaseError):
        return "down", None
    return "ok", answer["seconds_since_sweep"]


async def _queue(clients: Clients) -> State:
    try:
        await clients.queue.ping()
    except QueueError:
        return "down"
    return "ok"
