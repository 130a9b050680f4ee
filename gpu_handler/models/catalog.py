"""Every model a worker may run, by the name that answers and assets give it.

``shared/model_variants.py`` says which entry serves a family, and the numbers both sides draw with where an order names
none. Changing a model means one line here and one there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from shared.job_types import Family
from shared.schedulers import SchedulerName


@dataclass(frozen=True, slots=True)
class Bundled:
    """A folder beside this file, part of the project."""

    folder: str


@dataclass(frozen=True, slots=True)
class HubRepo:
    """A repository on the Hugging Face hub, at one commit."""

    repo_id: str
    revision: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One file in the layout of the original training code, under ``MODELS_DIR``."""

    file: str
    architecture: str
    """The catalog entry whose configuration and tokenizers it is loaded with; that one's weights are not needed."""


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    name: str
    family: Family
    source: Bundled | HubRepo | Checkpoint
    precision: Literal["float16", "bfloat16", "float32"]
    """On an accelerator. A CPU always computes in float32."""
    memory_gib: float
    """Of the accelerator, weights and activations of one forward pass together."""
    scheduler: SchedulerName
    """Used where an order names none."""
    licence: str


CATALOG: Final[Mapping[str, CatalogEntry]] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            CatalogEntry(
                name="sdxl_base_1_0",
                family="sdxl",
                source=HubRepo(
                    "stabilityai/stable-diffusion-xl-base-1.0", revision="462165984030d82259a11f4367a4eed129e94a7b"
                ),
                precision="float16",
                memory_gib=10.0,
                scheduler="euler",
                licence="CreativeML Open RAIL++-M",
            ),
            CatalogEntry(
                name="lustify_sdxl",
                family="sdxl",
                source=Checkpoint("lustifySDXLNSFWSFW_v20.safetensors", architecture="sdxl_base_1_0"),
                precision="float16",
                memory_gib=10.0,
                scheduler="dpmpp_2m_karras",
                licence="its publisher's, to be read before it is used",
            ),
            CatalogEntry(
                name="sdxl_shapes",
                family="sdxl",
                source=Bundled("sdxl_shapes"),
                precision="float32",
                memory_gib=0.1,
                scheduler="euler",
                licence="this project's",
            ),
        )
    }
)
