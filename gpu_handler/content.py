"""The content policy once more, on what really arrived: a worker trusts no queue and no caller of RunPod's API."""

from gpu_handler.failures import ContentRefused
from shared import content_policy
from shared.messages import JobOrder


def check_content(order: JobOrder) -> None:
    """Raises ``ContentRefused``."""
    texts = [text for text in (order.prompt, order.compel_weights, order.metadata.get("original_prompt")) if text]
    refusal = content_policy.check(texts, content_mode=order.content_mode)
    if refusal is not None:
        raise ContentRefused(refusal.message)
