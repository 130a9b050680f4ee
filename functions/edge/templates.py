"""What the language model is told besides the user's words, as the cache of this process has it."""

from typing import Any, Final

from functions.edge.clients import Clients

_PLAIN_SYSTEM_PROMPT: Final = "You are a helpful assistant. Answer in the user's language, to the point."
"""Where no template is active."""


async def template_for(
    clients: Clients,
    *,
    target_model: str | None,
    enhancer_model: str,
    job_type: str,
    use_case: str,
    content_mode: str,
) -> dict[str, Any] | None:
    """The row of ``prompt_templates``; ``None`` where none is active. Raises like ``Database.call``."""
    asked = {
        "p_target_model": target_model,
        "p_enhancer_model": enhancer_model,
        "p_job_type": job_type,
        "p_use_case": use_case,
        "p_content_mode": content_mode,
    }

    async def load() -> dict[str, Any]:
        return await clients.database.call("find_template", **asked)

    answer = await clients.cache.get(("find_template", *asked.values()), load)
    template: dict[str, Any] | None = answer.get("template")
    return template


def system_prompt(template: dict[str, Any] | None, own: str | None) -> str:
    """The template's words, and behind them the user's own."""
    ours = template["system_prompt"] if template else _PLAIN_SYSTEM_PROMPT
    return "\n\n".join(filter(None, (ours, own)))
