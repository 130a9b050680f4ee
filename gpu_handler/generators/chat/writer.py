"""``Writer`` over the language model of the chat worker: one answer at a time, as jobs come."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from gpu_handler.generators.chat.generator import ChatGenerator
from gpu_handler.generators.protocol import Written
from gpu_handler.models.catalog import CATALOG
from shared.conversation import ChatRequest
from shared.model_variants import ModelVariant

_LEFT_OUT: Final = "The first {} messages were left out: the model cannot read so much at once."


class ChatWriter:
    """torch and transformers are imported by ``load``."""

    def __init__(self, native: ModelVariant, models_dir: Path | None) -> None:
        self._generator = ChatGenerator(CATALOG[native.name], models_dir)

    @property
    def variant(self) -> str:
        return self._generator.variant

    @property
    def device(self) -> str:
        return self._generator.device

    @property
    def versions(self) -> Mapping[str, str]:
        return self._generator.versions

    @property
    def load_seconds(self) -> float:
        return self._generator.load_seconds

    def load(self) -> None:
        self._generator.load()

    def write(self, request: ChatRequest, on_text: Callable[[str], None], is_stopped: Callable[[], bool]) -> Written:
        said = self._generator.answer(request, on_text, is_stopped)
        metadata = {
            "finish_reason": said.finish_reason,
            "seed": said.seed,
            "prompt_tokens": said.prompt_tokens,
            "tokens_generated": said.answer_tokens,
            "turns_left_out": said.turns_left_out,
        }
        warnings = (_LEFT_OUT.format(said.turns_left_out),) if said.turns_left_out else ()
        return Written(said.text, metadata, warnings)
