"""By a model on a chat worker, whose every word is looked at before anybody draws it."""

from typing import Any, Final

from functions.edge.clients import Clients
from functions.edge.database import DatabaseError
from functions.edge.enhancement import result
from functions.edge.enhancement.instructions import enhance_request, instructions
from functions.edge.enhancement.result import Enhancement
from functions.edge.enhancement.wish import Wish
from functions.edge.errors import ApiError
from shared.enhancement.usable import is_allowed, usable

OWN_INSTRUCTIONS: Final = "custom"
"""What stands for a template's name where the caller brought the instructions along."""


def remembered(plan: dict[str, Any], wish: Wish) -> Enhancement | None:
    """An answer of before, as it was written, unless the content policy has changed since."""
    cached = plan["cached"]
    if cached is None or not is_allowed(cached["enhanced_prompt"], wish.content_mode, wish.compel_weights):
        return None
    return _enhancement(plan, wish, cached["enhanced_prompt"], cached["model_used"], is_cached=True)


async def by_worker(clients: Clients, plan: dict[str, Any], wish: Wish, seconds: float) -> Enhancement:
    """Ask the worker, and remember what it says. Raises ``WorkerFailed``, ``WorkerTimeout`` and ``Unusable``."""
    said = instructions(wish, plan["template"])
    request = enhance_request(wish, said, plan["template"])
    reply = await clients.workers.enhance(plan["worker"]["url"], request, seconds)
    made = usable(reply.enhanced_prompt, wish.asked(said), is_broken_off=reply.finish_reason == "length")
    found = _enhancement(plan, wish, made.text, reply.model_used, was_cut=made.was_cut)
    await _remember(clients, plan, found)
    return found


async def _remember(clients: Clients, plan: dict[str, Any], found: Enhancement) -> None:
    try:
        await clients.database.call(
            "remember_enhancement",
            p_question=plan["question"],
            p_model_used=found.model_used,
            p_prompt=found.text,
        )
    except (ApiError, DatabaseError):
        # The caller has the answer; the next one asks the worker again.
        return


def _enhancement(
    plan: dict[str, Any], wish: Wish, text: str, model_used: str, *, is_cached: bool = False, was_cut: bool = False
) -> Enhancement:
    # Whatever model the worker has serves both wishes; only its name tells a Base model from another.
    is_another = wish.model == "qwen_base" and "base" not in model_used.lower()
    return Enhancement(
        text=text,
        source="worker_fallback",
        strategy="model",
        template_name=OWN_INSTRUCTIONS if wish.instructions else plan["template"]["template_name"],
        model_used=model_used,
        level=result.ANOTHER_MODEL if is_another else result.AS_ASKED,
        was_cut=was_cut,
        is_cached=is_cached,
        warnings=(f"No Base model is there: {model_used} wrote the prompt.",) if is_another else (),
    )
