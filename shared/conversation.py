"""What a language model is asked: by functions over HTTP, and as part of a job."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from shared.wire import Message

MAX_TOKENS: Final = 2048
"""The longest answer that may be asked for, in tokens of the model."""
TURN_CHARACTERS: Final = 20_000
"""The longest turn that is read."""


class ChatTurn(Message):
    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(max_length=TURN_CHARACTERS)]


class ChatRequest(Message):
    """``messages`` in the order they were said, the last one the user's. Temperature 0 is greedy; the same ``seed``
    gives the same answer. The worker judges the last message once more, by the rules of ``content_mode``.
    """

    messages: Annotated[list[ChatTurn], Field(min_length=1, max_length=200)]
    max_tokens: Annotated[int, Field(ge=1, le=MAX_TOKENS)] = 512
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.7
    top_p: Annotated[float, Field(gt=0, le=1)] = 0.9
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    stream: bool = False
    content_mode: Literal["sfw", "nsfw"] = "sfw"

    @model_validator(mode="after")
    def _ends_with_the_user(self) -> Self:
        if self.messages[-1].role != "user":
            raise ValueError("messages: the last one is the user's")
        return self
