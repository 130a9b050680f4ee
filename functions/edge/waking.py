"""Who hands out wakes workers: RunPod's autoscaler knows nothing of our queues."""

import asyncio
import logging
from collections.abc import Iterable

from functions.edge.clients import Clients
from functions.edge.errors import ApiError
from functions.edge.runpod import RunPod, RunPodUnavailable

logger = logging.getLogger("functions.waking")


async def wake(clients: Clients, queues: Iterable[str]) -> None:
    """Ask RunPod for a worker for each queue that had none asked for within the last seconds. Never fails."""
    runpod = clients.runpod
    names = sorted(set(queues))
    if runpod is None or not names:
        return
    try:
        due = (await clients.database.call("claim_wake_ups", p_queues=names))["queues"]
    except ApiError as error:
        logger.warning("no worker was woken: %s", error)
        return
    await asyncio.gather(*(_drain(runpod, queue) for queue in due))


async def _drain(runpod: RunPod, queue: str) -> None:
    try:
        await runpod.drain(queue)
    except RunPodUnavailable as error:
        # The next sweep asks again as long as a hand-out is unclaimed.
        logger.warning("no worker was woken for %s: %s", queue, error)
