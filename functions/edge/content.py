"""What may be asked for at all."""

from collections.abc import Iterable

from functions.edge.errors import ApiError
from shared import content_policy
from shared.errors import ErrorCode


def check_mode(content_mode: str, adult_content: str) -> None:
    """Raises ``ApiError`` (403) where the deployment makes no adult content; the database looks at the account.

    ``adult_content`` is the setting.
    """
    if content_mode == "nsfw" and adult_content == "forbidden":
        raise ApiError(ErrorCode.ADULT_NOT_VERIFIED, "This deployment makes no adult content.")


def check_texts(texts: Iterable[str | None], content_mode: content_policy.ContentMode) -> None:
    """Raises ``ApiError`` (422), which names the reason. Takes milliseconds, tenths of a second for long chats."""
    # Most requests say one text in several fields; read twice it costs three times as much.
    different = [text for text in dict.fromkeys(texts) if text]
    refusal = content_policy.check(different, content_mode=content_mode)
    if refusal is not None:
        raise ApiError(ErrorCode.CONTENT_POLICY, refusal.message, f"reason: {refusal.reason}")
