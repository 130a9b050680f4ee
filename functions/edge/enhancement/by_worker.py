"""By a model on a chat worker, whose every word is looked at before anybody draws it."""

from typing import Any, Final

from functions.edge.clients import Clients
from functions.edge.database import DatabaseError
from functions.edge.enhancement import result
from functions.edge.enhancement.cleaning import cleaned, has_chinese, repeats
from functions.edge.enhancement.instructions import chat_request, instructions
from functions.edge.enhancement.limits import is_allowed
from functions.edge.enhancement.result import Enhancement
from functions.edge.enhancement.wish import Wish
from functions.edge.errors import ApiError
from functions.edge.prompts import tokens
from functions.edge.prompts.checks import CHECKS

OWN_INSTRUCTIONS: Final = "custom"
"""What stands for a template's name where the caller brought the instructions along."""


class Unusable(Exception):
    """The model answered, but not with a prompt to draw. The message tells why and quotes nothing."""


def remembered(plan: dict[str, Any], wish: Wish) -> Enhancement | None:
    """An answer of before, as it was written, unless the content policy has changed since."""
    cached = plan["cached"]
    if cached is None or not is_allowed(cached["enhanced_prompt"], wish):
        return None
    return _enhancement(plan, wish, cached["enhanced_prompt"], cached["model_used"], is_cached=True)


async def by_worker(clients: Clients, plan: dict[str, Any], wish: Wish, seconds: float) -> Enhancement:
    """Ask the worker, and remember what it says. Raises ``WorkerFailed``, ``WorkerTimeout`` and ``Unusable``."""
    said = instructions(wish, plan["template"])
    reply = await clients.workers.enhance(plan["worker"]["url"], chat_request(wish, said, plan["template"]), seconds)
    text = cleaned(reply.enhanced_prompt)
    if text is None:
        raise Unusable("it holds no prompt")
    if repeats(said, text, wish.prompt) or not _is_of_a_picture(text, wish):
        raise Unusable("it repeats its instructions")
    if wish.family != "chat" and wish.language == "en" and has_chinese(text) and not has_chinese(wish.prompt):
        raise Unusable("it is in another language")
    short = tokens.cut(text, wish.family)
    if reply.finish_reason == "length" and short == text:
        raise Unusable("it breaks off")
    if 2 * len(short) < len(wish.prompt.strip()):
        raise Unusable("it leaves out half of the prompt")
    if not is_allowed(short, wish):
        raise Unusable("it may not be drawn")
    found = _enhancement(plan, wish, short, reply.model_used, was_cut=short != text)
    await _remember(clients, plan, found)
    return found


def _is_of_a_picture(text: str, wish: Wish) -> bool:
    """Not said to or by a language model, as far as validate-enhancement-fix can tell."""
    return wish.family == "chat" or CHECKS["no_instruction_text"](wish.prompt, text, wish.family).passed


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
