"""A submission's negative prompt: the user's own, and the automatic terms that its prompt wants."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from functions.edge.clients import Clients
from functions.edge.database import DatabaseError, DatabaseUnavailable
from functions.edge.negatives import negative_rows
from functions.edge.prompts.negative import compose, groups_in, wanted_groups
from functions.queue_job.schema import QueueJobRequest
from shared.model_variants import ModelVariant

READ_SECONDS: Final = 1.0
"""How long a process's first submission waits for the rows; they are read on behind it."""
MISSING_WARNING: Final = "The automatic negative prompt could not be read and was left out."

logger = logging.getLogger("functions.queue_job")


@dataclass(frozen=True, slots=True)
class Negative:
    """What the job is not to show, and which priority groups of automatic terms are in it."""

    text: str | None
    groups: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


async def negative_for(clients: Clients, request: QueueJobRequest, variant: ModelVariant) -> Negative:
    """Never fails a submission: without the rows the user's own text stands alone, and a warning says so.

    The automatic terms are ours and go by the content policy unread.
    """
    own = request.negative_prompt
    if not (request.auto_negative and variant.automatic_negatives and request.type.family == "sdxl"):
        return Negative(own)
    try:
        async with asyncio.timeout(READ_SECONDS):
            rows = await negative_rows(clients, "sdxl", request.content_mode)
    except (DatabaseError, DatabaseUnavailable, TimeoutError) as error:
        logger.warning("no automatic negative prompt: %r", error)
        return Negative(own, warnings=(MISSING_WARNING,))
    prompt = request.enhanced_text or request.text
    wanted = wanted_groups(prompt, request.content_mode)
    chosen = [row for row in rows if row["priority_group"] in wanted]
    text = compose(own, chosen, prompt)
    return Negative(text or None, groups_in(text, chosen))
