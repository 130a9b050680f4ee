"""Request and response of refresh-prompt-cache."""

from datetime import datetime
from typing import Literal

from functions.edge.schema import Flag, RequestModel, ResponseModel


class RefreshPromptCacheRequest(RequestModel):
    """``force_refresh`` is written into the log; every refresh is a whole one."""

    force_refresh: Flag = False


class CacheStats(ResponseModel):
    """``enhancementsForgotten``: answers of models. The counts are of what is in use now, the hash is of its texts."""

    enhancementsForgotten: int
    templateCount: int
    negativePromptCount: int
    nsfwTermCount: int
    integrityHash: str
    lastUpdated: datetime


class CachedData(ResponseModel):
    template_categories: list[str]
    model_types: list[str]
    negative_prompt_categories: list[str]


class RefreshPromptCacheResponse(ResponseModel):
    success: Literal[True] = True
    message: str
    cache_stats: CacheStats
    cached_data: CachedData
