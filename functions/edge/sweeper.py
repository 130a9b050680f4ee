"""The sweep: as a task of the functions' lifespan, and where pg_cron has it, by dispatch-jobs."""

import asyncio
import logging
import time
from typing import Any, Final

from functions.edge import handouts
from functions.edge.assets.saves import save_due
from functions.edge.clients import Clients
from functions.edge.errors import ApiError
from functions.edge.waking import wake
from functions.edge.workers import registry
from shared.queue import QueueError

HOUSEKEEPING_SECONDS: Final = 3600.0
OBJECTS: Final = 1000
"""Of each bucket, named and deleted in one pass; Storage takes no more names at once."""
PASSES: Final = 50
"""The most of one housekeeping; what is left is the next one's."""

logger = logging.getLogger("functions.sweeper")


async def sweep(clients: Clients) -> dict[str, Any]:
    """One sweep: what SQL found, and the Redis lists rewritten. Raises ``ApiError`` and ``QueueError``."""
    found = await clients.database.call("sweep_jobs")
    if found.get("checks_due"):
        # A worker may take seconds to answer, and Redis has no part in it.
        clients.once(check_workers)
    if found.get("saves_due"):
        # Beside the sweep: copies take time, and leases do not wait.
        clients.once(save_due)
    await handouts.rewrite(clients, found["lists"])
    # A hand-out that nobody claims may be one that no worker was there for.
    await wake(clients, found["lists"])
    return found


async def check_workers(clients: Clients) -> None:
    """Ask the workers that are due for their health. Never fails: they are due again half a minute later."""
    try:
        await registry.check_due(clients)
    except ApiError as error:
        logger.warning("the workers were not checked: %s", error)


async def keep_house_quietly(clients: Clients) -> None:
    """In the background. Never fails: what is left is the next hour's."""
    try:
        await keep_house(clients)
    except ApiError as error:
        logger.warning("house was not kept: %s", error)


async def keep_house(clients: Clients) -> int:
    """Delete expired and orphaned objects through the Storage API; how many. Raises ``ApiError``."""
    deleted = 0
    for _ in range(PASSES):
        found = await clients.database.call("housekeeping", p_limit=OBJECTS)
        for bucket, paths in found["objects"].items():
            await clients.storage.remove(bucket, paths)
        counts = [len(paths) for paths in found["objects"].values()]
        deleted += sum(counts)
        if max(counts, default=0) < OBJECTS:
            break
    return deleted


async def sweep_for_ever(clients: Clients, seconds: float) -> None:
    """Sweep every ``seconds``; an outage is logged once, when it begins."""
    is_failing = False
    next_housekeeping = time.monotonic() + HOUSEKEEPING_SECONDS
    while True:
        try:
            await sweep(clients)
            if time.monotonic() >= next_housekeeping:
                next_housekeeping += HOUSEKEEPING_SECONDS
                # Beside the sweep: a day's expired files take minutes.
                clients.once(keep_house_quietly)
            is_failing = False
        except (ApiError, QueueError) as error:
            if not is_failing:
                logger.warning("the sweep waits for its parts: %s", error)
            is_failing = True
        except Exception:
            # A defect in one sweep must not end all later ones.
            logger.exception("the sweep failed")
        await asyncio.sleep(seconds)
