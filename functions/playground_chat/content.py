"""What may be said, by either side."""

import asyncio
from collections.abc import Sequence

from functions.edge.content import check_mode, check_texts
from functions.playground_chat.schema import ContentTier, PlaygroundChatRequest
from functions.playground_chat.turn import Turn


async def check_request(request: PlaygroundChatRequest, adult_content: str) -> None:
    """Before anything is stored. Raises ``ApiError``: 403 or 422."""
    check_mode(request.content_tier, adult_content)
    await _check([request.message, request.system_prompt], request.content_tier)


async def check_scene(turn: Turn, answer: str = "") -> None:
    """All that the user said in what the model reads, and its answer, as one scene: its halves may lie turns apart.

    Raises ``ApiError`` (422).
    """
    said = [message.content for message in turn.messages if message.role == "user"]
    await _check([turn.request.system_prompt, *said, answer], turn.request.content_tier)


async def _check(texts: Sequence[str | None], tier: ContentTier) -> None:
    # In a thread: a long conversation takes tenths of a second.
    await asyncio.to_thread(check_texts, texts, tier)
