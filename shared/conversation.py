"""What a language model is asked: by functions over HTTP, and as part of a job."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from shared.wire import Message

MAX_TOKENS: Final = 2048
"""The longest answer that may be asked for, in tokens of the model."""
TURN_CHARACTERS: Final = 20_000
"""The longest turn that is read."""
ANSWER_CHARACTERS: Final = 100_000
"""The longest answer that a job keeps. Only noise of ``MAX_TOKENS`` tokens is longer."""
TOKENS: Final = 512
"""The longest answer where nobody says; temperature and top_p of a talk beside it."""
TEMPERATURE: Final = 0.8
TOP_P: Final = 0.95
STOPS: Final = 4
STOP_CHARACTERS: Final = 64

StopText = Annotated[str, Field(min_length=1, max_length=STOP_CHARACTERS)]


class ChatTurn(Message):
    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(max_length=TURN_CHARACTERS)]


class ChatRequest(Message):
    """``messages`` in the order they were said, the last one the user's. Temperature 0 is greedy; the same ``seed``
    gives the same answer. The answer ends before the first of the texts in ``stop``. The worker judges the last message
    once more, by the rules of ``content_mode``.
    """

    messages: Annotated[list[ChatTurn], Field(min_length=1, max_length=200)]
    max_tokens: Annotated[int, Field(ge=1, le=MAX_TOKENS)] = 512
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.7
    top_p: Annotated[float, Field(gt=0, le=1)] = 0.9
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    stop: Annotated[list[StopText], Field(max_length=STOPS)] = Field(default_factory=list)
    stream: bool = False
    content_mode: Literal["sfw", "nsfw"] = "sfw"

    @model_validator(mode="after")
    def _ends_with_the_user(self) -> Self:
        if self.messages[-1].role != "user":
            raise ValueError("messages: the last one is the user's")
        return self


def talk(
    prompt: str, config: Mapping[str, Any], *, system: str | None, content_mode: Literal["sfw", "nsfw"]
) -> ChatRequest:
    """What a job of a text type asks: after ``system``, what was said before (``config["messages"]``), and the prompt.

    Raises pydantic's ``ValidationError`` for a config that was checked nowhere.
    """
    defaults = {"max_tokens": TOKENS, "temperature": TEMPERATURE, "top_p": TOP_P}
    asked = {name: config[name] for name in (*defaults, "seed", "stop") if config.get(name) is not None}
    before = config.get("messages")
    turns: Any = before if before is not None else []
    if isinstance(turns, list):
        first = [{"role": "system", "content": system}] if system else []
        turns = [*first, *turns, {"role": "user", "content": prompt}]
    return ChatRequest.model_validate({**defaults, **asked, "messages": turns, "content_mode": content_mode})
