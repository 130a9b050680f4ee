"""What may be asked for at all."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from functions.edge.errors import ApiError
from shared import content_policy
from shared.errors import ErrorCode

SHORT_CHARACTERS: Final = 400
"""Judged within milliseconds, which is less than a thread costs."""


def check_mode(content_mode: str, adult_content: str) -> None:
    """Raises ``ApiError`` (403) where the deployment makes no adult content; the database looks at the account.

    ``adult_content`` is the setting.
    """
    if content_mode == "nsfw" and adult_content == "forbidden":
        raise ApiError(ErrorCode.ADULT_NOT_VERIFIED, "This deployment makes no adult content.")


async def in_its_time(check: Callable[[], None], texts: Iterable[str | None]) -> None:
    """Run the check of these texts. Long ones take tenths of a second, in which others are served."""
    if sum(len(text or "") for text in texts) > SHORT_CHARACTERS:
        await asyncio.to_thread(check)
    else:
        check()


def check_texts(texts: Iterable[str | None], content_mode: content_policy.ContentMode) -> None:
    """Raises ``ApiError`` (422), which names the reason. Takes milliseconds, tenths of a second for long chats."""
    # Most requests say one text in several fields; read twice it costs three times as much.
    different = [text for text in dict.fromkeys(texts) if text]
    refusal = content_policy.check(different, content_mode=content_mode)
    if refusal is not None:
        raise ApiError(ErrorCode.CONTENT_POLICY, refusal.message, f"reason: {refusal.reason}")
