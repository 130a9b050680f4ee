"""HTTP in and out of enhance-prompt: within 25 s, whatever a worker does, and the original is never lost."""

import asyncio
import time
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter

from functions.edge.auth import Caller, allow
from functions.edge.clients import ClientsDep
from functions.edge.content import check_mode, check_texts, in_its_time
from functions.edge.enhancement import Enhancement, enhance
from functions.edge.errors import ApiError
from functions.edge.openapi import refused
from functions.enhance_prompt.schema import (
    EnhancementMetadata,
    EnhancePromptFailure,
    EnhancePromptRequest,
    EnhancePromptResponse,
)
from shared.enhancement.figures import figures
from shared.enhancement.tokens import count_tokens
from shared.errors import SPECS, ErrorCode

SECONDS: Final = 25
"""The documents' bound on the whole call."""
WORKER_SECONDS: Final = 20.0
"""Their longest enhancement; what is left of the call is enough for the rules."""

PRESETS_WARNING: Final = "selectedPresets has no effect: say what you want in the prompt."

router = APIRouter()

_REFUSED: Final = {
    **refused(ErrorCode.ADULT_NOT_VERIFIED, ErrorCode.CONTENT_POLICY),
    **refused(ErrorCode.DATABASE_UNAVAILABLE, ErrorCode.WORKER_TIMEOUT, shape=EnhancePromptFailure),
}


@router.post("/enhance-prompt", responses=_REFUSED)
async def enhance_prompt(
    request: EnhancePromptRequest, caller: Annotated[Caller, allow("user", "secret")], clients: ClientsDep
) -> EnhancePromptResponse:
    """Make the prompt better, or say why it stays as it is."""
    started = time.monotonic()
    await in_its_time(
        partial(check_content, request, clients.settings.adult_content),
        (request.prompt, request.base_prompt, request.system_prompt),
    )
    enhancing = time.monotonic()
    try:
        async with asyncio.timeout(SECONDS):
            made = await enhance(
                clients,
                request.wish,
                user_id=caller.user_id,
                is_fresh=request.is_fresh,
                worker_seconds=WORKER_SECONDS,
            )
    except TimeoutError:
        message = f"Operation timed out after {SECONDS} seconds"
        raise _kept(ApiError(ErrorCode.WORKER_TIMEOUT, message, timeout_seconds=SECONDS), request) from None
    except ApiError as error:
        raise _kept(error, request) from None
    return _response(request, made, started, enhancing)


def check_content(request: EnhancePromptRequest, adult_content: str) -> None:
    """Raises ``ApiError``: 403 or 422."""
    check_mode(request.content_mode, adult_content)
    check_texts((request.prompt, request.base_prompt, request.system_prompt), request.content_mode)


def _kept(error: ApiError, request: EnhancePromptRequest) -> ApiError:
    """A failure of ours gives the caller the prompt to go on with."""
    if SPECS[error.code].status >= 500:
        error.flags |= {
            "original_prompt": request.prompt,
            "enhanced_prompt": request.prompt,
            "enhancement_source": "emergency_fallback",
        }
    return error


def _response(
    request: EnhancePromptRequest, made: Enhancement, started: float, enhancing: float
) -> EnhancePromptResponse:
    job_type = request.type
    measured = figures(request.prompt, made.text, job_type.family)
    before, after = len(request.prompt), len(made.text)
    now = time.monotonic()
    return EnhancePromptResponse(
        original_prompt=request.prompt,
        enhanced_prompt=made.text,
        enhancement_strategy=made.strategy,
        enhancement_source=made.source,
        enhancement_metadata=EnhancementMetadata(
            original_length=before,
            enhanced_length=after,
            expansion_percentage=f"{after / before * 100:.1f}" if before else None,
            job_type=job_type.name,
            format=job_type.format,
            quality=job_type.quality,
            content_mode=request.content_mode,
            use_case=request.use_case,
            enhancement_type=request.enhancement_type or "manual",
            language=request.language,
            template_name=made.template_name,
            template_used=made.template_name,
            model_used=made.model_used,
            token_count=count_tokens(made.text, job_type.family),
            quality_score=measured.quality_score,
            sdxl_optimizations=measured.sdxl_optimizations,
            compression_applied=made.was_cut,
            fallback_level=made.level,
            cache_hit=made.is_cached,
            enhancement_time_ms=_milliseconds(now - enhancing),
            execution_time_ms=_milliseconds(now - started),
        ),
        warnings=[*made.warnings, *([PRESETS_WARNING] if request.presets else [])],
    )


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
