"""Every model a worker may run, by the name that answers and assets give it (``shared/model_variants.py``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shared.job_types import Family


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    name: str
    family: Family
    repo_id: str | None
    """On the Hugging Face hub; ``None`` for a model this project builds by code."""
    licence: str
    memory_gib: float
    """Of the accelerator, weights and activations of one forward pass together."""


CATALOG: Final[Mapping[str, CatalogEntry]] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            CatalogEntry(
                name="sdxl_base_1_0",
                family="sdxl",
                repo_id="stabilityai/stable-diffusion-xl-base-1.0",
                licence="CreativeML Open RAIL++-M",
                memory_gib=10.0,
            ),
            CatalogEntry(
                name="sdxl_tiny_random", family="sdxl", repo_id=None, licence="this project's", memory_gib=0.1
            ),
        )
    }
)
