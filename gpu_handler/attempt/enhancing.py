"""A better prompt by the worker's own language model. Whatever it says, the job goes on: at worst with the original."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from gpu_handler.attempt.equipment import loaded
from gpu_handler.failures import BadInput, ModelUnavailable, log_text
from gpu_handler.generators.protocol import Writer, Written
from shared.conversation import ChatRequest
from shared.enhancement.figures import figures
from shared.enhancement.tokens import count_tokens
from shared.enhancement.usable import Asked, Unusable, usable
from shared.job_types import Family, resolve
from shared.messages import JobOrder

NOT_ASKED: Final = "The prompt was not enhanced: the order does not say how."
_KEPT: Final = "The prompt was not enhanced: {}."

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Enhanced:
    """``order`` has the prompt to draw; ``prompt`` is the new one, ``None`` where the original was kept."""

    order: JobOrder
    prompt: str | None
    metadata: dict[str, Any]
    warnings: tuple[str, ...] = ()


def enhance(order: JobOrder, writer: Writer | None, is_stopped: Callable[[], bool]) -> Enhanced:
    """What the language model makes of the order's prompt when it is asked ``order.chat``.

    Never raises: an answer that cannot be used, a model that cannot be loaded, a policy that refuses leave the original
    and a warning.
    """
    if order.chat is None:
        return Enhanced(order, None, {}, () if _is_enhanced(order) else (NOT_ASKED,))
    started = time.monotonic()
    reader: Family = order.config.get("target_model", resolve(order.type).family)
    request = order.chat.model_copy(update={"seed": int(order.config["seed"])})
    text, was_cut, reason = order.prompt, False, None
    written: Written | None = None
    try:
        if writer is None:
            raise ModelUnavailable("this worker holds no language model")
        written = loaded(writer).write(request, lambda _: None, is_stopped)
        found = usable(
            written.text, _asked(order, request, reader), is_broken_off=written.metadata["finish_reason"] != "stop"
        )
        text, was_cut = found.text, found.was_cut
    except Unusable as error:
        reason = f"the language model's answer could not be used, {error}"
    except BadInput:
        reason = "it is too long for the language model"
    except ModelUnavailable:
        reason = "the language model could not be loaded"
    except Exception as error:
        _logger.error("An enhancement failed: %s", log_text(error, order))
        reason = "the language model failed"
    metadata = _told(order, request, writer, written, text, reader) | {
        "enhancement_success": reason is None,
        "enhancement_source": "emergency_fallback" if reason else "worker_fallback",
        "enhancement_time": round(time.monotonic() - started, 3),
        "compression_applied": was_cut,
    }
    if reason is not None:
        return Enhanced(order, None, metadata, (_KEPT.format(reason),))
    new = order.model_copy(update={"prompt": text})
    return Enhanced(new, text, {**metadata, "enhanced_prompt": text}, written.warnings if written else ())


def _asked(order: JobOrder, request: ChatRequest, reader: Family) -> Asked:
    *before, last = [turn.content for turn in request.messages]
    return Asked(
        prompt=order.prompt,
        instructions="\n".join([*before, last.removesuffix(order.prompt)]),
        reader=reader,
        content_mode=order.content_mode,
        is_english=order.metadata.get("language", "en") == "en",
        compel_weights=order.compel_weights,
    )


def _told(
    order: JobOrder, request: ChatRequest, writer: Writer | None, written: Written | None, text: str, reader: Family
) -> dict[str, Any]:
    measured = figures(order.prompt, text, reader)
    optimizations = {} if measured.sdxl_optimizations is None else {"sdxl_optimizations": measured.sdxl_optimizations}
    return {
        "original_prompt": order.prompt,
        "enhancement_model": writer.variant if writer else None,
        "enhancement_seed": request.seed,
        "system_prompt_used": request.messages[0].role == "system",
        "token_count": count_tokens(text, reader),
        "quality_score": measured.quality_score,
        **optimizations,
        **({"tokens_generated": written.metadata["tokens_generated"]} if written else {}),
    }


def _is_enhanced(order: JobOrder) -> bool:
    """Whether somebody else did it before the job was queued."""
    original = order.metadata.get("original_prompt")
    return original is not None and original != order.prompt
