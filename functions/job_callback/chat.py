"""What a claimed job asks of a language model: a conversation, or a better prompt."""

from typing import Any

from functions.edge.clients import Clients
from functions.edge.enhancement.instructions import chat_request, instructions
from functions.edge.enhancement.waiting import wish_of
from functions.edge.templates import system_prompt, template_for
from shared.conversation import ChatRequest, talk
from shared.job_types import ADMIN_UTILITIES, resolve


async def chat_of(clients: Clients, job: dict[str, Any]) -> ChatRequest | None:
    """``None`` where the job asks for none. Made of the row and the template of now: every attempt is asked the same,
    with the same seed, as long as no admin changes the template meanwhile.
    """
    enhancement = job["metadata"].get("enhancement")
    if isinstance(enhancement, dict) and enhancement.get("status") == "at_worker":
        return await _enhancement(clients, job)
    return await _talk(clients, job) if resolve(job["job_type"]).format == "text" else None


async def _enhancement(clients: Clients, job: dict[str, Any]) -> ChatRequest | None:
    wish = wish_of(job)
    template = await template_for(
        clients,
        target_model=wish.question["target_model"],
        enhancer_model=wish.model,
        job_type=wish.question["job_type"],
        use_case="enhancement",
        content_mode=wish.content_mode,
    )
    if template is None and wish.instructions is None:
        return None
    asked = chat_request(wish, instructions(wish, template), template)
    return asked.model_copy(update={"seed": job["config"]["seed"]})


async def _talk(clients: Clients, job: dict[str, Any]) -> ChatRequest:
    config = job["config"]
    mode = config.get("content_mode", "sfw")
    template = await template_for(
        clients,
        target_model=None,
        enhancer_model="qwen_instruct",
        job_type="chat",
        use_case="admin" if job["job_type"] == ADMIN_UTILITIES else "general",
        content_mode=mode,
    )
    system = system_prompt(template, config.get("system_prompt"))
    return talk(job["original_prompt"], config, system=system, content_mode=mode)
