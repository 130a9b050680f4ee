"""HTTP in and out of refresh-prompt-cache."""

from datetime import UTC, datetime

from fastapi import APIRouter

from functions.edge.auth import AdminCaller
from functions.edge.clients import ClientsDep
from functions.refresh_prompt_cache.schema import (
    CachedData,
    CacheStats,
    RefreshPromptCacheRequest,
    RefreshPromptCacheResponse,
)
from shared.content_policy.rules import TermList, rules

router = APIRouter()


@router.post("/refresh-prompt-cache")
async def refresh_prompt_cache(
    caller: AdminCaller, clients: ClientsDep, request: RefreshPromptCacheRequest | None = None
) -> RefreshPromptCacheResponse:
    """Forget what models wrote and what this process has read; other processes read anew within a minute."""
    is_forced = request is not None and request.force_refresh
    answer = await clients.database.call(
        "refresh_prompt_cache", p_admin_id=caller.user, p_metadata={"force_refresh": is_forced}
    )
    clients.cache.clear()
    return RefreshPromptCacheResponse(
        message=f"{answer['forgotten']} enhancements were forgotten.",
        cache_stats=CacheStats(
            enhancementsForgotten=answer["forgotten"],
            templateCount=answer["template_count"],
            negativePromptCount=answer["negative_prompt_count"],
            nsfwTermCount=sum(TermList.EXPLICIT in lists for lists in rules().terms.values()),
            integrityHash=answer["integrity_hash"],
            lastUpdated=datetime.now(UTC),
        ),
        cached_data=CachedData(
            template_categories=answer["template_categories"],
            model_types=answer["model_types"],
            negative_prompt_categories=answer["negative_prompt_categories"],
        ),
    )
