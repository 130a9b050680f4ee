"""What a language model is given and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from shared.conversation import ChatRequest


@dataclass(frozen=True, slots=True)
class Said:
    """One answer and what it was really made of. ``stopped`` before its end, it is what was said until then."""

    text: str
    finish_reason: Literal["stop", "length", "stopped"]
    seconds: float
    prompt_tokens: int
    answer_tokens: int
    turns_left_out: int
    seed: int


@dataclass(frozen=True, slots=True)
class Asking:
    """One request and whoever waits for its answer.

    ``on_text`` gets each piece as it comes, ``is_stopped`` is asked at each token, ``on_end`` is called once, with the
    answer or with what made it impossible.
    """

    request: ChatRequest
    on_text: Callable[[str], None]
    is_stopped: Callable[[], bool]
    on_end: Callable[[Said | Exception], None]
