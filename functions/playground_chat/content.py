"""What may be said, by either side."""

import asyncio
from collections.abc import Sequence

from functions.edge.errors import ApiError
from functions.playground_chat.schema import ContentTier, PlaygroundChatRequest
from functions.playground_chat.turn import Turn
from shared import content_policy
from shared.errors import ErrorCode


async def check_request(request: PlaygroundChatRequest, adult_content: str) -> None:
    """Before anything is stored. Raises ``ApiError``: 403 or 422."""
    if request.content_tier == "nsfw" and adult_content == "forbidden":
        raise ApiError(ErrorCode.ADULT_NOT_VERIFIED, "This deployment makes no adult content.")
    await _check([request.message, request.system_prompt or ""], request.content_tier)


async def check_scene(turn: Turn, answer: str = "") -> None:
    """All that the user said in what the model reads, and its answer, as one scene: its halves may lie turns apart.

    Raises ``ApiError`` (422).
    """
    said = [message.content for message in turn.messages if message.role == "user"]
    await _check([turn.request.system_prompt or "", *said, answer], turn.request.content_tier)


async def _check(texts: Sequence[str], tier: ContentTier) -> None:
    given = [text for text in texts if text]
    # In a thread: a long conversation takes tenths of a second.
    refusal = await asyncio.to_thread(content_policy.check, given, content_mode=tier)
    if refusal is not None:
        raise ApiError(ErrorCode.CONTENT_POLICY, refusal.message, f"reason: {refusal.reason}")
