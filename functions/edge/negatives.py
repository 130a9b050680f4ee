"""The rows of automatic negative prompts, as the cache of this process has them."""

from typing import Any, Literal

from functions.edge.clients import Clients

ModelType = Literal["sdxl", "wan"]
ContentMode = Literal["sfw", "nsfw"]


async def negative_rows(clients: Clients, model_type: ModelType, content_mode: ContentMode) -> list[dict[str, Any]]:
    """``{priority_group, content_mode, negative_prompt}`` in the order of their use. Raises like ``Database.call``."""

    async def load() -> dict[str, Any]:
        return await clients.database.call("negative_prompts", p_model_type=model_type, p_content_mode=content_mode)

    answer = await clients.cache.get(("negative_prompts", model_type, content_mode), load)
    rows: list[dict[str, Any]] = answer["rows"]
    return rows
