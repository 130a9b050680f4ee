# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""The demo video model's architecture: every part of Wan 2.1 and of VACE, a thousandth of their size."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from diffusers import (
    AutoencoderKLWan,
    UniPCMultistepScheduler,
    WanPipeline,
    WanTransformer3DModel,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)
from transformers import T5Tokenizer, UMT5Config, UMT5EncoderModel

SPACE_FACTOR: Final = 4
"""Pixels to a latent, along height and width."""
TIME_FACTOR: Final = 4
"""Frames to a latent; the first frame has one of its own."""
CHANNELS: Final = 12
"""Of a latent."""
PATCH: Final = 4
"""Latents to a token, along height and width."""
TEXT_WIDTH: Final = 64
FLOW_SHIFT: Final = 5.0
_SHARED: Final = ("patch_embedding", "condition_embedder", "blocks", "proj_out", "scale_shift_table")
_TRANSFORMER: Final[dict[str, Any]] = {
    "patch_size": (1, PATCH, PATCH),
    "num_attention_heads": 4,
    "attention_head_dim": 32,
    "in_channels": CHANNELS,
    "out_channels": CHANNELS,
    "text_dim": TEXT_WIDTH,
    "freq_dim": 64,
    "ffn_dim": 512,
    "num_layers": 6,
}


@dataclass(frozen=True, slots=True)
class Parts:
    """Of ``WanPipeline``, under its names; ``vace`` is the transformer of ``WanVACEPipeline``.

    ``vace`` shares the transformer's weights: they are trained together, and with a conditioning scale of 0 it is the
    transformer.
    """

    tokenizer: T5Tokenizer
    text_encoder: UMT5EncoderModel
    vae: Any
    transformer: Any
    vace: Any


def new_parts(tokenizer: T5Tokenizer) -> Parts:
    """All weights random."""
    text = UMT5Config(
        vocab_size=len(tokenizer),
        d_model=TEXT_WIDTH,
        d_kv=16,
        d_ff=128,
        num_layers=3,
        num_heads=4,
        dropout_rate=0.0,
    )
    transformer = WanTransformer3DModel(**_TRANSFORMER)
    return Parts(tokenizer, UMT5EncoderModel(text), _vae(), transformer, _vace(transformer))


def scheduler() -> Any:
    return UniPCMultistepScheduler(
        # The clean latent itself: a token is narrower than the noise it would have to pass on to predict a velocity.
        prediction_type="sample",
        use_flow_sigmas=True,
        flow_shift=FLOW_SHIFT,
        # Latents lie in -1..1: cutting the guess there keeps high guidance from burning.
        thresholding=True,
        sample_max_value=1.0,
    )


def pipeline(parts: Parts) -> Any:
    """``WanPipeline`` of the parts, in evaluation mode."""
    return WanPipeline(
        tokenizer=parts.tokenizer,
        text_encoder=parts.text_encoder.eval(),
        vae=parts.vae.eval(),
        scheduler=scheduler(),
        transformer=parts.transformer.eval(),
    )


def vace_pipeline(parts: Parts) -> Any:
    """``WanVACEPipeline`` of the parts, in evaluation mode."""
    return WanVACEPipeline(
        tokenizer=parts.tokenizer,
        text_encoder=parts.text_encoder.eval(),
        vae=parts.vae.eval(),
        scheduler=scheduler(),
        transformer=parts.vace.eval(),
    )


def vace_folder(folder: Path) -> Path:
    """Beside the model's own ``folder``, laid out as the published repository: of that only the transformer is read."""
    return folder.with_name(f"{folder.name}_vace") / "transformer"


def save(parts: Parts, folder: Path) -> None:
    """Everything in float16, as ``from_pretrained(variant="fp16")`` reads it: Wan in ``folder``, VACE in its own."""
    pipeline(parts).to(torch.float16).save_pretrained(folder, variant="fp16", safe_serialization=True)
    parts.vace.to(torch.float16).save_pretrained(vace_folder(folder), variant="fp16", safe_serialization=True)


def load(folder: Path) -> Parts:
    """What ``save`` left, in float32, with the weights shared again."""
    wan = WanPipeline.from_pretrained(folder, variant="fp16", dtype=torch.float32, local_files_only=True)
    vace = WanVACETransformer3DModel.from_pretrained(
        vace_folder(folder), variant="fp16", dtype=torch.float32, local_files_only=True
    )
    _share(wan.transformer, vace)
    return Parts(wan.tokenizer, wan.text_encoder, wan.vae, wan.transformer, vace)


def _vae() -> Any:
    return AutoencoderKLWan(
        base_dim=8,
        z_dim=CHANNELS,
        dim_mult=[1, 2, 4],
        num_res_blocks=1,
        temperal_downsample=[True, True],
        latents_mean=[0.0] * CHANNELS,
        latents_std=[1.0] * CHANNELS,
        scale_factor_temporal=TIME_FACTOR,
        scale_factor_spatial=SPACE_FACTOR,
    )


def _vace(transformer: Any) -> Any:
    vace = WanVACETransformer3DModel(
        **_TRANSFORMER, vace_layers=[0, 3], vace_in_channels=2 * CHANNELS + SPACE_FACTOR**2
    )
    _share(transformer, vace)
    return vace


def _share(transformer: Any, vace: Any) -> None:
    for name in _SHARED:
        setattr(vace, name, getattr(transformer, name))
