"""From a request to the row that ``submit_job`` inserts: effective numbers, and metadata the server answers for."""

import hashlib
from functools import partial
from typing import Any, Final
from uuid import UUID

from functions.edge import handouts
from functions.edge.clients import Clients
from functions.edge.content import check_mode, check_texts, in_its_time
from functions.edge.enhancement import waiting
from functions.edge.errors import ApiError
from functions.queue_job.conversation import TEXT_SPELLINGS
from functions.queue_job.enhancement import pending
from functions.queue_job.negatives import Negative, negative_for
from functions.queue_job.references import metadata_of, settled
from functions.queue_job.refusals import refusal
from functions.queue_job.schema import QueueJobRequest
from shared.conversation import TEMPERATURE, TOKENS, TOP_P
from shared.errors import ErrorCode
from shared.job_types import CHAT_ENHANCE
from shared.model_variants import MODEL_SETS, ModelVariant
from shared.prompt_weights import terms, with_terms

REFUSALS: Final = (
    ErrorCode.NOT_FOUND,
    ErrorCode.ADULT_NOT_VERIFIED,
    ErrorCode.CONTENT_POLICY,
    ErrorCode.CONFLICT,
    ErrorCode.RATE_LIMITED,
    ErrorCode.TOO_MANY_JOBS,
    ErrorCode.QUEUE_FULL,
    ErrorCode.MAINTENANCE,
    ErrorCode.TYPE_UNAVAILABLE,
)
"""What ``submit`` refuses; what costs credits may be refused for want of them as well."""
EDGE_FUNCTION_VERSION: Final = "3.0.0"
_COPIES: Final = {"exact_copy_mode", "reference_mode", "base_prompt"}
"""What is read again when the job is enhanced: as it was checked, over the client's own of that name."""


async def submit(
    clients: Clients,
    request: QueueJobRequest,
    user_id: UUID,
    *,
    credits: int,
    priority: int = 0,
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """Check the request, insert the job and push what was handed out; the answer of ``submit_job``.

    The job is safe in Postgres then, whatever becomes of Redis. Raises ``ApiError``.
    """
    request = settled(request, user_id, clients.settings)
    variant = variant_for(request, clients.settings.models)
    await in_its_time(
        partial(check_content, request, clients.settings.adult_content),
        (*_said(request), request.original_prompt, request.enhanced_prompt, request.compel_weights),
    )
    negative = await negative_for(clients, request, variant)
    job = job_columns(request, variant, negative)
    answer = await clients.database.call(
        "submit_job",
        p_user_id=user_id,
        p_job={**job, "priority": priority},
        p_credits=credits,
        p_idempotency_key=idempotency_key,
        p_request_hash=request_hash(request),
        p_hold_seconds=waiting.HOLD_SECONDS if waiting.is_pending(job) else None,
    )
    if answer["outcome"] not in ("submitted", "replayed"):
        raise refusal(answer)
    if answer["outcome"] == "submitted" and waiting.is_pending(answer["job"]):
        clients.in_background(waiting.enhance_held(clients, answer["job"]))
    await handouts.push(clients, answer["handouts"])
    return answer


def variant_for(request: QueueJobRequest, models: str) -> ModelVariant:
    """The catalog entry that will serve the job. Raises ``ApiError`` (503) where none does."""
    variant = MODEL_SETS[models].get(request.type.family)
    if variant is None:
        raise ApiError(
            ErrorCode.TYPE_UNAVAILABLE,
            f"The job type {request.job_type} is not served by this deployment yet. Nothing was charged.",
            f"served families: {', '.join(MODEL_SETS[models])}",
        )
    return variant


def check_content(request: QueueJobRequest, adult_content: str) -> None:
    """Raises ``ApiError``: 403 or 422."""
    check_mode(request.content_mode, adult_content)
    # Prompt weights are prompt text; the negative prompt names what is not wanted and is left out.
    drawn = with_terms(request.enhanced_text or request.text, terms(request.compel_weights))
    texts = (drawn, *_said(request), request.original_prompt, request.enhanced_prompt, request.compel_weights)
    check_texts(texts, request.content_mode)


def _said(request: QueueJobRequest) -> tuple[str | None, ...]:
    """All of a conversation, which is one scene: its halves may lie turns apart."""
    return (request.prompt, request.system_prompt, *(turn.content for turn in request.messages))


def job_columns(request: QueueJobRequest, variant: ModelVariant, negative: Negative | None = None) -> dict[str, Any]:
    """The columns of the new row. The server's metadata keys win over the client's.

    Without ``negative`` the user's own negative prompt is the job's.
    """
    negative = negative or Negative(request.negative_prompt)
    job_type = request.type
    config = _numbers_of_text(request) if job_type.format == "text" else _numbers_to_draw(request, variant)
    config["content_mode"] = request.content_mode
    if request.seed is not None:
        config["seed"] = request.seed
    metadata = {
        **_own_metadata(request),
        "model_variant": variant.name,
        "queue": job_type.queue,
        "negative_prompt": negative.text,
        "negative_prompt_groups": list(negative.groups),
        "user_negative_prompt": request.negative_prompt,
        "compel_enabled": request.compel_enabled,
        "compel_weights": request.compel_weights,
        "num_images": request.num_images,
        "expected_generation_time": job_type.expected_seconds,
        "content_type": job_type.format,
        "file_extension": job_type.extension,
        "dual_worker_routing": True,
        "negative_prompt_supported": job_type.format != "text",
        "edge_function_version": EDGE_FUNCTION_VERSION,
        "destination": request.destination,
        **metadata_of(request),
        **request.model_dump(include=_COPIES, exclude_unset=True),
    }
    enhancement = pending(request)
    # The client's own value must not start anything.
    metadata.pop("enhancement", None)
    if enhancement is not None:
        metadata["enhancement"] = enhancement
    return {
        "job_type": job_type.name,
        "queue": job_type.queue,
        "format": job_type.format,
        "quality": job_type.quality,
        "model_type": job_type.family,
        "destination": request.destination,
        "original_prompt": request.text,
        "enhanced_prompt": request.enhanced_text,
        "config": config,
        "output_type": job_type.content_type,
        "output_byte_limit": job_type.byte_limit,
        "expected_run_seconds": job_type.expected_seconds,
        "metadata": metadata,
        "warnings": list(negative.warnings),
        "project_id": _text(request.project_id),
        "video_id": _text(request.video_id),
        "image_id": _text(request.image_id),
    }


def _numbers_to_draw(request: QueueJobRequest, variant: ModelVariant) -> dict[str, Any]:
    job_type = request.type
    width, height = size_of(request, variant)
    config: dict[str, Any] = {
        "num_images": request.num_images,
        "num_inference_steps": request.steps or job_type.steps,
        "guidance_scale": request.guidance_scale or job_type.guidance_scale,
        "width": width,
        "height": height,
    }
    if job_type.format == "video":
        config["frames"] = _to_frames(request.frames or job_type.frames)
    if request.scheduler is not None:
        config["scheduler"] = request.scheduler
    return config


def _numbers_of_text(request: QueueJobRequest) -> dict[str, Any]:
    config: dict[str, Any] = {
        "temperature": TEMPERATURE if request.temperature is None else request.temperature,
        "top_p": TOP_P if request.top_p is None else request.top_p,
        "max_tokens": request.max_tokens or TOKENS,
    }
    if request.job_type == CHAT_ENHANCE:
        config["target_model"] = request.target_model
    said = {
        "stop": request.stop,
        "messages": [turn.model_dump() for turn in request.messages],
        "system_prompt": request.system_prompt,
    }
    return config | {name: value for name, value in said.items() if value}


def _own_metadata(request: QueueJobRequest) -> dict[str, Any]:
    """The client's; of a text type without what stands in the config now."""
    if request.type.format != "text":
        return request.metadata
    read = {name for ours, others in TEXT_SPELLINGS.items() for name in (ours, *others)}
    return {name: value for name, value in request.metadata.items() if name not in read}


def size_of(request: QueueJobRequest, variant: ModelVariant) -> tuple[int, int]:
    """Pixels (width, height): as asked, else the model's native size cut to the aspect ratio, in steps of 16."""
    if request.width is not None and request.height is not None:
        return request.width, request.height
    if request.aspect_ratio is None:
        return variant.width, variant.height
    across, down = map(int, request.aspect_ratio.split(":"))
    longest = max(variant.width, variant.height)
    scale = longest / max(across, down)
    return _to_sixteen(across * scale), _to_sixteen(down * scale)


def request_hash(request: QueueJobRequest) -> str:
    """What makes two requests the same under one idempotency key."""
    return hashlib.sha256(request.model_dump_json().encode()).hexdigest()


def _to_sixteen(pixels: float) -> int:
    return max(16, round(pixels / 16) * 16)


def _to_frames(asked: int) -> int:
    """The most frames of the form 4k + 1 that are not more than asked for."""
    return (asked - 1) // 4 * 4 + 1


def _text(value: object) -> str | None:
    return None if value is None else str(value)
