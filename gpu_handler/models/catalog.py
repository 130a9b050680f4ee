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
class Built:
    """A folder under ``MODELS_DIR`` that the project's makers build: no model to use, a stand-in for one."""

    command: str
    """What builds it, without the folder's path."""


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    name: str
    family: Family
    source: Bundled | HubRepo | Checkpoint | Built
    precision: Literal["float16", "bfloat16", "float32"]
    """On an accelerator. A CPU always computes in float32."""
    memory_gib: float
    """Of the accelerator, weights and activations of one forward pass together."""
    licence: str
    scheduler: SchedulerName | None = None
    """Used where an order names none; ``None`` for what does not draw."""


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
            CatalogEntry(
                name="qwen2_5_7b_instruct",
                family="chat",
                source=HubRepo("Qwen/Qwen2.5-7B-Instruct", revision="a09a35458c702b33eeacc393d103063234e8bc28"),
                precision="bfloat16",
                # 14.2 of weights; cache and activations of 8,192 tokens.
                memory_gib=16.0,
                licence="Apache-2.0",
            ),
            CatalogEntry(
                name="qwen2_random",
                family="chat",
                source=Built("python -m tools.random_chat"),
                precision="float32",
                memory_gib=0.1,
                licence="this project's",
            ),
        )
    }
)
