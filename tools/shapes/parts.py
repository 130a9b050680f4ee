# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""The demo model's architecture: every part of SDXL, a thousandth of its size."""

from dataclasses import dataclass
from typing import Any, Final

from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

SIDE: Final = 64
"""Pixels of the size the model draws best."""
VAE_FACTOR: Final = 4
"""Pixels to a latent, along each side."""
_TEXT_WIDTH: Final = 64
_TIME_WIDTH: Final = 8
_TIME_IDS: Final = 6


@dataclass(frozen=True, slots=True)
class Parts:
    """Of ``StableDiffusionXLPipeline``, under its names. Both text encoders share the tokenizer."""

    tokenizer: CLIPTokenizer
    text_encoder: CLIPTextModel
    text_encoder_2: CLIPTextModelWithProjection
    vae: Any
    unet: Any


def new_parts(tokenizer: CLIPTokenizer) -> Parts:
    """All weights random."""
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=_TEXT_WIDTH,
        intermediate_size=4 * _TEXT_WIDTH,
        num_hidden_layers=3,
        num_attention_heads=4,
        projection_dim=_TEXT_WIDTH,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return Parts(tokenizer, CLIPTextModel(text), CLIPTextModelWithProjection(text), _vae(), _unet())


def scheduler() -> Any:
    return EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.014,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
    )


def pipeline(parts: Parts) -> Any:
    """``StableDiffusionXLPipeline`` of the parts, in evaluation mode."""
    return StableDiffusionXLPipeline(
        vae=parts.vae.eval(),
        text_encoder=parts.text_encoder.eval(),
        text_encoder_2=parts.text_encoder_2.eval(),
        tokenizer=parts.tokenizer,
        tokenizer_2=parts.tokenizer,
        unet=parts.unet.eval(),
        scheduler=scheduler(),
        force_zeros_for_empty_prompt=True,
        add_watermarker=False,
    )


def _vae() -> Any:
    return AutoencoderKL(
        block_out_channels=[16, 32, 32],
        down_block_types=["DownEncoderBlock2D"] * 3,
        up_block_types=["UpDecoderBlock2D"] * 3,
        layers_per_block=1,
        latent_channels=4,
        # Normalizing few channels in groups would erase flat colours.
        norm_num_groups=1,
        sample_size=SIDE,
        mid_block_add_attention=False,
        force_upcast=False,
    )


def _unet() -> Any:
    return UNet2DConditionModel(
        sample_size=SIDE // VAE_FACTOR,
        block_out_channels=[32, 64, 96],
        down_block_types=["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        up_block_types=["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
        layers_per_block=1,
        attention_head_dim=[2, 4, 4],
        cross_attention_dim=2 * _TEXT_WIDTH,
        norm_num_groups=4,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=_TIME_WIDTH,
        projection_class_embeddings_input_dim=_TEXT_WIDTH + _TIME_IDS * _TIME_WIDTH,
    )
