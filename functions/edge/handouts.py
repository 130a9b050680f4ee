"""From hand-outs, as SQL names them, to queue elements in Redis."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any, Final

from functions.edge.clients import Clients
from functions.edge.waking import wake
from shared.messages import Callback, QueueElement
from shared.queue import QueueError

PUSH_SECONDS: Final = 0.3
"""How long an answer waits for Redis and RunPod. Both go on behind it, and the sweep repairs what is lost."""

_SAID: Final = frozenset({"messages", "system_prompt"})

logger = logging.getLogger("functions.handouts")


async def push(clients: Clients, handouts: Iterable[dict[str, Any]]) -> None:
    """Push what a SQL function handed out, and wake workers. Never fails the caller: the job is safe in Postgres."""
    elements = _by_queue(clients, handouts)
    if elements:
        works = (_push(clients, elements), wake(clients, elements))
        await asyncio.wait({clients.in_background(work) for work in works}, timeout=PUSH_SECONDS)


async def rewrite(clients: Clients, lists: dict[str, list[dict[str, Any]]]) -> None:
    """Make the Redis lists hold exactly the unclaimed hand-outs. Raises ``QueueError``."""
    elements = {queue: [_element(clients, handout) for handout in handouts] for queue, handouts in lists.items()}
    if elements:
        await clients.queue.rewrite(elements)


async def _push(clients: Clients, elements: dict[str, list[str]]) -> None:
    try:
        await clients.queue.push(elements)
    except QueueError as error:
        logger.warning("hand-outs stay queued until the next sweep: %s", error)


def _by_queue(clients: Clients, handouts: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    elements: dict[str, list[str]] = {}
    for handout in handouts:
        elements.setdefault(handout["queue"], []).append(_element(clients, handout))
    return elements


def _element(clients: Clients, handout: dict[str, Any]) -> str:
    job = handout["job"]
    metadata = job["metadata"]
    element = QueueElement(
        id=job["id"],
        type=job["job_type"],
        prompt=job["enhanced_prompt"] or job["original_prompt"],
        user_id=job["user_id"],
        # What was said is only for whoever claims the job.
        config={name: value for name, value in job["config"].items() if name not in _SAID},
        metadata={"model_variant": metadata.get("model_variant"), "destination": job["destination"]},
        negative_prompt=metadata.get("negative_prompt"),
        compel_enabled=metadata.get("compel_enabled"),
        compel_weights=metadata.get("compel_weights"),
        callback=Callback(
            url=clients.settings.callback_url, token=clients.tokens.queue_token(job["id"], handout["handout"])
        ),
    )
    return element.model_dump_json(exclude_none=True)
