"""Which way a prompt goes: kept, composed, remembered, by a worker, by rules."""

import logging
from typing import Any
from uuid import UUID

from functions.edge.clients import Clients
from functions.edge.enhancement.by_rules import without_model
from functions.edge.enhancement.by_worker import by_worker, remembered
from functions.edge.enhancement.result import Enhancement
from functions.edge.enhancement.wish import Wish
from functions.edge.errors import ApiError
from functions.edge.workers import WorkerFailed, WorkerTimeout
from shared.enhancement.usable import Unusable
from shared.errors import ErrorCode

logger = logging.getLogger("functions.enhancement")


async def enhance(
    clients: Clients, wish: Wish, *, user_id: UUID | None, is_fresh: bool, worker_seconds: float
) -> Enhancement:
    """The best there is for this wish; never a failure of a worker's.

    ``user_id`` is ``None`` where the service asks. ``is_fresh`` passes over what is remembered, and replaces it. Raises
    ``ApiError``: 403 for an account that may not, 503 without a database.
    """
    needs_none = wish.model == "none" or wish.is_exact_copy or bool(wish.base_prompt)
    plan = await clients.database.call(
        "plan_enhancement",
        p_user_id=user_id,
        p_question=wish.question,
        p_is_fresh=is_fresh,
        p_asks_model=not needs_none,
    )
    match plan["outcome"]:
        case "adult_not_verified":
            raise ApiError(ErrorCode.ADULT_NOT_VERIFIED, "Adult content needs a verified account.")
        case "not_found":
            raise ApiError(ErrorCode.UNAUTHENTICATED, "The account does not exist any more.")
    if needs_none:
        return without_model(wish)
    found = remembered(plan, wish)
    if found is not None:
        return found
    return await _by_worker_or_rules(clients, plan, wish, worker_seconds)


async def _by_worker_or_rules(clients: Clients, plan: dict[str, Any], wish: Wish, seconds: float) -> Enhancement:
    if plan.get("is_limited"):
        reason = "You asked models as often as one may within a minute"
    elif plan["worker"] is None:
        reason = "No chat worker is there"
    elif plan["template"] is None and wish.instructions is None:
        reason = "There is no template for a model"
    else:
        try:
            return await by_worker(clients, plan, wish, seconds)
        except WorkerTimeout:
            reason = "The chat worker did not answer in time"
        except WorkerFailed as error:
            logger.warning("a chat worker failed: %s", error.details)
            reason = "The chat worker failed"
        except Unusable as error:
            logger.warning("a model's answer was not used: %s", error)
            reason = "The model's answer could not be used"
    return without_model(wish, because=reason)
