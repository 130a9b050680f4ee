"""The test double of a language model: it says what it was given to say, a word at a time."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from gpu_handler.generators.protocol import Written
from shared.conversation import ChatRequest
from shared.model_variants import ModelVariant

FAKE_WRITER: Final = ModelVariant("fake_writer")


class FakeWriter:
    """``Writer`` without a model. ``failure`` is raised in the place of an answer."""

    device = "none"
    load_seconds = 0.0
    versions: Mapping[str, str] = {}

    def __init__(self, answer: str = "It is said.", native: ModelVariant = FAKE_WRITER) -> None:
        self.answer = answer
        self.failure: Exception | None = None
        self.is_broken_off = False
        self.loads = 0
        self.requests: list[ChatRequest] = []
        self._native = native

    @property
    def variant(self) -> str:
        return self._native.name

    def load(self) -> None:
        self.loads += 1

    def write(self, request: ChatRequest, on_text: Callable[[str], None], is_stopped: Callable[[], bool]) -> Written:
        self.requests.append(request)
        if self.failure is not None:
            raise self.failure
        said: list[str] = []
        reason: Literal["stop", "length", "stopped"] = "length" if self.is_broken_off else "stop"
        for word in self.answer.split(" "):
            said.append(f" {word}" if said else word)
            on_text(said[-1])
            if is_stopped():
                reason = "stopped"
                break
        metadata: dict[str, Any] = {"finish_reason": reason, "seed": request.seed or 0, "tokens_generated": len(said)}
        return Written("".join(said), metadata)
