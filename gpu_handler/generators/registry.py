"""The generators of one worker, by model family."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from gpu_handler.generators.protocol import Generator
from gpu_handler.generators.sdxl.generator import SdxlGenerator
from gpu_handler.generators.wan.generator import WanGenerator
from shared.job_types import Family
from shared.model_variants import MODEL_SETS, ModelVariant

_MAKERS: Final[Mapping[Family, Callable[[ModelVariant, Path | None], Generator]]] = MappingProxyType(
    {"sdxl": SdxlGenerator, "wan": WanGenerator}
)


def generators_for(models: str, models_dir: Path | None) -> Mapping[Family, Generator]:
    """One generator for each family of the model set, none of them loaded yet."""
    return {family: _MAKERS[family](variant, models_dir) for family, variant in MODEL_SETS[models].items()}
