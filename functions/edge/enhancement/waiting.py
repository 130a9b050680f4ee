"""Enhancement of a job that was accepted without one (Q13: nobody waits for a model to have a job accepted).

The job is held for ``HOLD_SECONDS`` and enhanced behind the answer. If this process dies, the hold ends by itself and
the claim settles it by rules. SQL settles it once, before any worker knows a prompt: every attempt draws the same one.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any, Final

from functions.edge import handouts
from functions.edge.clients import Clients
from functions.edge.enhancement import result
from functions.edge.enhancement.by_rules import without_model
from functions.edge.enhancement.engine import enhance
from functions.edge.enhancement.result import Enhancement
from functions.edge.enhancement.wish import Wish
from functions.edge.errors import ApiError
from shared.errors import ErrorCode
from shared.job_types import Family, Format, resolve

HOLD_SECONDS: Final = 8
WORKER_SECONDS: Final = 6.0
_READ_AS: Final[Mapping[Family, Format]] = {"sdxl": "image", "wan": "video", "chat": "text"}

logger = logging.getLogger("functions.enhancement")


def is_pending(job: dict[str, Any]) -> bool:
    """Whether the row of a job says that its enhancement is still to come."""
    enhancement = job["metadata"].get("enhancement")
    return isinstance(enhancement, dict) and enhancement.get("status") == "pending"


async def enhance_held(clients: Clients, job: dict[str, Any]) -> None:
    """For the background. Never fails: what it cannot settle, the claim does."""
    started = time.monotonic()
    try:
        made = await enhance(
            clients, wish_of(job), user_id=job["user_id"], is_fresh=False, worker_seconds=WORKER_SECONDS
        )
        await _settle(clients, job, made, started, attempt=0)
    except ApiError as error:
        logger.warning("a job's enhancement is left to its claim: %s", error)
    except Exception:
        logger.exception("a job's enhancement failed")


async def settled_at_claim(clients: Clients, job: dict[str, Any], attempt: int) -> dict[str, Any]:
    """The row of a claimed job with the prompt that every attempt draws, by rules where nobody wrote one in time."""
    if not is_pending(job):
        return job
    started = time.monotonic()
    return await _settle(clients, job, without_model(wish_of(job), because="No model wrote in time"), started, attempt)


async def settled_by_legacy(clients: Clients, job: dict[str, Any], attempt: int) -> None:
    """A worker that claims nothing has drawn the original, as its queue element said."""
    if is_pending(job):
        await _settle(clients, job, result.kept(job["original_prompt"]), time.monotonic(), attempt)


def wish_of(job: dict[str, Any]) -> Wish:
    """What the submission asked for, from the row alone. A text job's better prompt has a reader of its own."""
    metadata, asked = job["metadata"], job["metadata"]["enhancement"]
    job_type = resolve(job["job_type"])
    reader: Family = job["config"].get("target_model", job_type.family)
    is_change = metadata.get("reference_mode") == "modify"
    return Wish(
        prompt=job["original_prompt"],
        family=reader,
        format=_READ_AS[reader] if job_type.format == "text" else job_type.format,
        quality=job_type.quality,
        content_mode=job["config"].get("content_mode", "sfw"),
        model=asked["model"],
        style=asked["style"],
        language=asked["language"],
        one_turn=asked["one_turn"],
        instructions=job["config"].get("system_prompt"),
        base_prompt=metadata.get("base_prompt") if is_change else None,
        compel_weights=metadata.get("compel_weights"),
    )


async def _settle(
    clients: Clients, job: dict[str, Any], made: Enhancement, started: float, attempt: int
) -> dict[str, Any]:
    if made.strategy == "rules" and made.was_cut:
        # The worker reads a long prompt to its end; cut short, the user's words would be lost.
        made = result.kept(job["original_prompt"], warnings=("The prompt is too long to add to: it is kept.",))
    answer = await clients.database.call(
        "enhance_job",
        p_job_id=job["id"],
        p_attempt=attempt,
        p_prompt=None if made.text == job["original_prompt"] else made.text,
        p_template_name=made.template_name,
        p_strategy=made.strategy,
        p_time_ms=round((time.monotonic() - started) * 1000),
        p_facts={"source": made.source, "model_used": made.model_used, "fallback_level": made.level},
        p_warnings=list(made.warnings),
    )
    if answer["outcome"] == "not_found":
        raise ApiError(ErrorCode.NOT_FOUND, "No such job.")
    await handouts.push(clients, answer["handouts"])
    settled: dict[str, Any] = answer["job"]
    return settled
