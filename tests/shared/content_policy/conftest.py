from collections.abc import Callable

import pytest

from shared.content_policy import ContentMode, Reason, check

Judge = Callable[..., Reason | None]


@pytest.fixture(scope="session")
def judge() -> Judge:
    """``judge(*texts, mode="nsfw")``: the reason one request of these texts is refused for, or ``None``."""

    def judged(*texts: str, mode: ContentMode = "nsfw") -> Reason | None:
        refusal = check(texts, content_mode=mode)
        return refusal.reason if refusal else None

    return judged
