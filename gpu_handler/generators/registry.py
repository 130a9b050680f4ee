"""The models of one worker: generators by family, and the language model."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from gpu_handler.generators.chat.writer import ChatWriter
from gpu_handler.generators.protocol import Generator, Writer
from gpu_handler.generators.sdxl.generator import SdxlGenerator
from gpu_handler.generators.wan.generator import WanGenerator
from shared.job_types import Family
from shared.model_variants import MODEL_SETS, ModelVariant

_MAKERS: Final[Mapping[Family, Callable[[ModelVariant, Path | None], Generator]]] = MappingProxyType(
    {"sdxl": SdxlGenerator, "wan": WanGenerator}
)


def generators_for(models: str, models_dir: Path | None) -> Mapping[Family, Generator]:
    """One generator for each family of the model set that draws, none of them loaded yet."""
    drawing = {family: variant for family, variant in MODEL_SETS[models].items() if family != "chat"}
    return {family: _MAKERS[family](variant, models_dir) for family, variant in drawing.items()}


def writer_for(models: str, models_dir: Path | None) -> Writer | None:
    """The language model of the set, not loaded yet."""
    variant = MODEL_SETS[models].get("chat")
    return None if variant is None else ChatWriter(variant, models_dir)
