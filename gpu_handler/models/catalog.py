"""Every model a worker may run, by the name that answers and assets give it.

``shared/model_variants.py`` says which entry serves a family, and the numbers both sides draw with where an order names
none. Changing a model means one line here and one there.
"""

from collections.abc import Mapping, Sequence
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


BlockScales = Mapping[str, Mapping[str, Sequence[float]]]
"""As ``set_ip_adapter_scale`` reads them, for a strength of 1."""


@dataclass(frozen=True, slots=True)
class ImageAdapter:
    """Where an IP-Adapter (Ye et al., 2023) has its parts, and which blocks of its UNet decide what.

    One layer for style and one for layout: Wang et al., "InstantStyle", 2024.
    """

    subfolder: str
    general: str
    face: str
    """Weight files; the second one was trained on faces."""
    image_encoder: str
    """A folder, counted from the root."""
    style: BlockScales
    composition: BlockScales


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
    index: str = "model_index.json"
    """The file that a folder of these weights always has."""
    companion: str | None = None
    """The catalog entry whose weights read references for it; ``None`` where nothing more is needed, or possible."""
    adapter: ImageAdapter | None = None
    """Of a companion that is an IP-Adapter."""


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
                companion="ip_adapter_sdxl",
                licence="CreativeML Open RAIL++-M",
            ),
            CatalogEntry(
                name="lustify_sdxl",
                family="sdxl",
                source=Checkpoint("lustifySDXLNSFWSFW_v20.safetensors", architecture="sdxl_base_1_0"),
                precision="float16",
                memory_gib=10.0,
                scheduler="dpmpp_2m_karras",
                companion="ip_adapter_sdxl",
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
                name="ip_adapter_sdxl",
                family="sdxl",
                source=HubRepo("h94/IP-Adapter", revision="018e402774aeeddd60609b4ecdb7e298259dc729"),
                precision="float16",
                # The image encoder ViT-H, and two adapters of 0.8.
                memory_gib=3.0,
                index="models/image_encoder/config.json",
                adapter=ImageAdapter(
                    subfolder="sdxl_models",
                    general="ip-adapter-plus_sdxl_vit-h.safetensors",
                    face="ip-adapter-plus-face_sdxl_vit-h.safetensors",
                    image_encoder="models/image_encoder",
                    style={"up": {"block_0": [0.0, 1.0, 0.0]}},
                    composition={"down": {"block_2": [0.0, 1.0]}},
                ),
                licence="Apache-2.0",
            ),
            CatalogEntry(
                name="wan2_1_t2v_1_3b",
                family="wan",
                source=HubRepo("Wan-AI/Wan2.1-T2V-1.3B-Diffusers", revision="0fad780a534b6463e45facd96134c9f345acfa5b"),
                precision="bfloat16",
                # The text encoder 10.6, the transformer 2.7, the VAE 0.5 in float32; activations of 81 frames.
                memory_gib=20.0,
                scheduler="unipc",
                companion="wan2_1_vace_1_3b",
                licence="Apache-2.0",
            ),
            CatalogEntry(
                name="wan2_1_vace_1_3b",
                family="wan",
                source=HubRepo(
                    "Wan-AI/Wan2.1-VACE-1.3B-diffusers", revision="ec4d2cb062b548996b179d493fdd05340de702a1"
                ),
                precision="bfloat16",
                # The transformer alone: text encoder and VAE are the text-to-video model's.
                memory_gib=4.0,
                licence="Apache-2.0",
            ),
            CatalogEntry(
                name="wan_shapes",
                family="wan",
                source=Bundled("wan_shapes"),
                precision="float32",
                memory_gib=0.5,
                scheduler="unipc",
                companion="wan_shapes_vace",
                licence="this project's",
            ),
            CatalogEntry(
                name="wan_shapes_vace",
                family="wan",
                source=Bundled("wan_shapes_vace"),
                precision="float32",
                memory_gib=0.1,
                index="transformer/config.json",
                licence="this project's",
            ),
            CatalogEntry(
                name="qwen2_5_7b_instruct",
                family="chat",
                source=HubRepo("Qwen/Qwen2.5-7B-Instruct", revision="a09a35458c702b33eeacc393d103063234e8bc28"),
                precision="bfloat16",
                # 14.2 of weights; cache (half a gibibyte a row) and activations of 8 rows of 8,192 tokens.
                memory_gib=24.0,
                index="config.json",
                licence="Apache-2.0",
            ),
            CatalogEntry(
                name="qwen2_shapes",
                family="chat",
                source=Bundled("qwen2_shapes"),
                precision="float32",
                memory_gib=0.1,
                index="config.json",
                licence="this project's",
            ),
            CatalogEntry(
                name="qwen2_random",
                family="chat",
                source=Built("python -m tools.random_chat"),
                precision="float32",
                memory_gib=0.1,
                index="config.json",
                licence="this project's",
            ),
        )
    }
)
