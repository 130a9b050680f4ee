"""Whether a submission wants its prompt enhanced after it was accepted, and how."""

from typing import Any

from functions.edge.enhancement.choices import choices
from functions.queue_job.schema import QueueJobRequest


def pending(request: QueueJobRequest) -> dict[str, Any] | None:
    """What ``metadata.enhancement`` begins as; ``None`` where nothing is to be enhanced here.

    A worker of the ``…_enhanced`` types enhances by itself.
    """
    is_asked = (
        request.user_requested_enhancement
        and not request.skip_enhancement
        and request.enhancement_model != "none"
        and request.enhanced_text is None
        and not request.exact_copy_mode
    )
    if not is_asked or request.type.enhanced or request.type.format == "text":
        return None
    asked = choices(request.enhancement_type, request.enhancement_model)
    return {"requested": True, "status": "pending", **asked._asdict(), "language": request.language}
