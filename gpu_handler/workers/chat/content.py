"""The content policy once more, on what really arrived: a worker trusts no caller."""

from gpu_handler.workers.errors import Refused
from shared import content_policy
from shared.conversation import ChatRequest
from shared.errors import ErrorCode


def check_content(request: ChatRequest) -> None:
    """Raises ``Refused`` (422) for the last message. Earlier ones were judged when they were the last."""
    refusal = content_policy.check([request.messages[-1].content], content_mode=request.content_mode)
    if refusal is not None:
        raise Refused(ErrorCode.CONTENT_POLICY, refusal.message)
