"""What a model made of a prompt, and what can be measured of it."""

from typing import Any

from shared.enhancement.cleaning import cleaned
from shared.enhancement.figures import figures
from shared.enhancement.tokens import count_tokens
from shared.worker_messages import EnhanceRequest


def enhancement_of(answer: str, request: EnhanceRequest) -> dict[str, Any]:
    """The fields of an ``EnhanceReply`` that follow from the answer's words."""
    original = request.messages[-1].content if request.prompt is None else request.prompt
    found = cleaned(answer)
    enhanced = answer.strip() if found is None else found
    measured = figures(original, enhanced, request.reader)
    return {
        "enhanced_prompt": enhanced,
        "original_prompt": request.prompt,
        "enhancement_success": found is not None,
        "token_count": count_tokens(enhanced, request.reader),
        "quality_score": measured.quality_score,
        "sdxl_optimizations": measured.sdxl_optimizations,
    }
