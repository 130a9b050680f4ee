"""Which workers there are and how they are: one row each, and a look at each at most every half minute."""

import asyncio
import time
from typing import Any, Final

from functions.edge.clients import Clients
from functions.edge.workers.protocol import WorkerFailed, WorkerTimeout
from functions.edge.workers.urls import worker_url

PROBE_SECONDS: Final = 5.0


async def register(
    clients: Clients,
    worker_type: str,
    url: str,
    *,
    worker_id: str | None,
    is_automatic: bool,
    method: str,
    capabilities: dict[str, Any],
) -> dict[str, Any]:
    """Write the worker down and look at it if nobody did lately; its row. What is seen does not gate.

    ``worker_id`` is the URL's host and port when there is none. Raises ``ApiError``.
    """
    url = worker_url(url, clients.settings.worker_hosts)
    answer = await clients.database.call(
        "register_worker",
        p_worker_type=worker_type,
        p_worker_id=worker_id or url.partition("://")[2],
        p_url=url,
        p_is_automatic=is_automatic,
        p_registration_method=method,
        p_capabilities=capabilities,
    )
    worker: dict[str, Any] = answer["worker"]
    return await _check(clients, worker) if answer["is_check_due"] else worker


async def check_due(clients: Clients) -> None:
    """Look at every worker that nobody looked at in the last half minute. Raises ``ApiError``."""
    claimed = await clients.database.call("claim_health_checks")
    await asyncio.gather(*(_check(clients, worker) for worker in claimed["workers"]))


async def _check(clients: Clients, worker: dict[str, Any]) -> dict[str, Any]:
    """The row after the look; as it was where the worker is gone by then."""
    began = time.monotonic()
    response_ms = None
    try:
        health = await clients.workers.health(worker["url"], PROBE_SECONDS)
    except WorkerTimeout as error:
        problem: str | None = error.message
    except WorkerFailed as error:
        problem = error.details
    else:
        response_ms = round((time.monotonic() - began) * 1000)
        problem = _problem(worker, health.worker_type, health.status)
    answer = await clients.database.call(
        "record_worker_health",
        p_worker_type=worker["worker_type"],
        p_worker_id=worker["worker_id"],
        p_url=worker["url"],
        p_is_healthy=problem is None,
        p_response_ms=response_ms,
        p_health_error=problem,
    )
    row: dict[str, Any] = answer.get("worker", worker)
    return row


def _problem(worker: dict[str, Any], answered_type: str, status: str) -> str | None:
    if answered_type != worker["worker_type"]:
        return f"it is a worker of type {answered_type}"
    return "it is still loading" if status == "loading" else None
