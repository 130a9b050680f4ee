"""The architectures' numbers: the published models', and tiny ones of the same shape.

Sources: the config.json files of stabilityai/stable-diffusion-xl-base-1.0, Wan-AI/Wan2.1-T2V-1.3B-Diffusers,
Wan-AI/Wan2.1-VACE-1.3B-diffusers and Qwen/Qwen2.5-7B-Instruct.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Sizes:
    """Keyword arguments of each part's configuration, and how much is made with it."""

    unet: Mapping[str, Any]
    vae: Mapping[str, Any]
    text: Mapping[str, Any]
    text_2: Mapping[str, Any]
    wan: Mapping[str, Any]
    vace_layers: tuple[int, ...]
    wan_vae: Mapping[str, Any]
    wan_text: Mapping[str, Any]
    qwen: Mapping[str, Any]
    picture: int
    """Pixels a side."""
    picture_steps: int
    video: tuple[int, int, int]
    """Width, height, frames."""
    video_steps: int
    tokens: int


REAL: Final = Sizes(
    unet={
        "sample_size": 128,
        "block_out_channels": [320, 640, 1280],
        "layers_per_block": 2,
        "attention_head_dim": [5, 10, 20],
        "transformer_layers_per_block": [1, 2, 10],
        "cross_attention_dim": 2048,
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2816,
    },
    vae={"block_out_channels": [128, 256, 512, 512], "layers_per_block": 2, "sample_size": 1024},
    text={"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12},
    text_2={
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_hidden_layers": 32,
        "num_attention_heads": 20,
        "projection_dim": 1280,
    },
    wan={"num_attention_heads": 12, "attention_head_dim": 128, "ffn_dim": 8960, "num_layers": 30, "text_dim": 4096},
    vace_layers=tuple(range(0, 30, 2)),
    wan_vae={"base_dim": 96, "z_dim": 16},
    wan_text={"d_model": 4096, "d_kv": 64, "d_ff": 10240, "num_layers": 24, "num_heads": 64, "vocab_size": 256384},
    qwen={
        "vocab_size": 152064,
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 28,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
        "max_position_embeddings": 32768,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1_000_000.0},
    },
    picture=1024,
    picture_steps=25,
    video=(480, 832, 81),
    video_steps=50,
    tokens=256,
)

TINY: Final = Sizes(
    unet={
        "sample_size": 8,
        "block_out_channels": [32, 64, 64],
        "layers_per_block": 2,
        "attention_head_dim": [2, 4, 4],
        "transformer_layers_per_block": [1, 1, 2],
        "cross_attention_dim": 64,
        "addition_time_embed_dim": 8,
        "projection_class_embeddings_input_dim": 80,
    },
    vae={"block_out_channels": [32, 32, 32, 32], "layers_per_block": 1, "sample_size": 64},
    text={"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2},
    text_2={
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "projection_dim": 32,
    },
    wan={"num_attention_heads": 2, "attention_head_dim": 12, "ffn_dim": 64, "num_layers": 2, "text_dim": 32},
    vace_layers=(0,),
    wan_vae={"base_dim": 4, "z_dim": 16, "num_res_blocks": 1},
    wan_text={"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 1, "num_heads": 2, "vocab_size": 1000},
    qwen={
        "vocab_size": 4096,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 256,
    },
    picture=64,
    picture_steps=2,
    video=(32, 32, 5),
    video_steps=2,
    tokens=8,
)
