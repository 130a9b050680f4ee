"""Which catalog entry serves each model family, under each value of ``MODELS``.

The functions name the entry in their answers; the worker's catalog (``gpu_handler/models/catalog.py``) says where its
weights are. Both read ``MODELS``, so a demo model is never passed off as the real one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shared.job_types import Family


@dataclass(frozen=True, slots=True)
class ModelVariant:
    """A catalog entry's name and the size it draws best at, in pixels; 0 for what writes."""

    name: str
    width: int = 0
    height: int = 0
    automatic_negatives: bool = False
    """Whether its jobs are given an automatic negative prompt. Not so the demo model's: it knows neither hands nor
    watermarks, so the words would better nothing, and each picture would take about a fifth longer."""


MODEL_SETS: Final[Mapping[str, Mapping[Family, ModelVariant]]] = MappingProxyType(
    {
        "default": {
            "sdxl": ModelVariant("sdxl_base_1_0", 1024, 1024, automatic_negatives=True),
            "wan": ModelVariant("wan2_1_t2v_1_3b", 480, 832),
            "chat": ModelVariant("qwen2_5_7b_instruct"),
        },
        "lustify": {
            "sdxl": ModelVariant("lustify_sdxl", 1024, 1024, automatic_negatives=True),
            "wan": ModelVariant("wan2_1_t2v_1_3b", 480, 832),
            "chat": ModelVariant("qwen2_5_7b_instruct"),
        },
        "demo": {
            "sdxl": ModelVariant("sdxl_shapes", 64, 64),
            "wan": ModelVariant("wan_shapes", 64, 64),
            "chat": ModelVariant("qwen2_shapes"),
        },
    }
)
"""A family without an entry is served by no generator yet: its job types answer ``type_unavailable``."""
