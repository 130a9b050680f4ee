"""Whether a submission wants its prompt enhanced after it was accepted, and how."""

from typing import Any

from functions.edge.enhancement.choices import choices
from functions.queue_job.schema import QueueJobRequest
from shared.job_types import CHAT_ENHANCE


def pending(request: QueueJobRequest) -> dict[str, Any] | None:
    """What ``metadata.enhancement`` begins as; ``None`` where nothing is to be enhanced.

    Its status is ``at_worker`` for the types whose worker has a language model do it, else ``pending``.
    """
    is_at_worker = request.type.enhanced or request.type.name == CHAT_ENHANCE
    is_asked = (
        (request.user_requested_enhancement or is_at_worker)
        and not request.skip_enhancement
        and request.enhancement_model != "none"
        and request.enhanced_text is None
        and not request.exact_copy_mode
    )
    if not is_asked or (request.type.format == "text" and not is_at_worker):
        return None
    asked = choices(request.enhancement_type, request.enhancement_model)
    status = "at_worker" if is_at_worker else "pending"
    return {"requested": True, "status": status, **asked._asdict(), "language": request.language}
