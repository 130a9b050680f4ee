# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""A random SDXL of one million weights: the real pipeline's parts and folder layout, pictures of coloured noise.

The weights come from one fixed seed, so every worker draws the same pixels.
"""

from pathlib import Path
from typing import Any, Final

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

_WEIGHTS_SEED: Final = 20250816
_TEXT_WIDTH: Final = 32
_TIME_WIDTH: Final = 8
_NATIVE_SIDE: Final = 64
_VAE_FACTOR: Final = 8


def build_sdxl(folder: Path) -> None:
    """Save the whole pipeline into ``folder`` as safetensors, as ``from_pretrained`` reads it."""
    tokenizer = _tokenizer()
    text_config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=_TEXT_WIDTH,
        intermediate_size=4 * _TEXT_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        projection_dim=_TEXT_WIDTH,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_WEIGHTS_SEED)
        pipeline: Any = StableDiffusionXLPipeline(
            vae=_vae(),
            text_encoder=CLIPTextModel(text_config),
            text_encoder_2=CLIPTextModelWithProjection(text_config),
            tokenizer=tokenizer,
            tokenizer_2=tokenizer,
            unet=_unet(),
            scheduler=EulerDiscreteScheduler(
                beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1
            ),
            force_zeros_for_empty_prompt=True,
            add_watermarker=False,
        )
    pipeline.save_pretrained(folder, safe_serialization=True)


def _tokenizer() -> CLIPTokenizer:
    """One token a byte. CLIP pools at the end token, which must be the highest id."""
    letters = list(bytes_to_unicode().values())
    pieces = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={piece: number for number, piece in enumerate(pieces)}, merges=[], model_max_length=77)


def _vae() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=[8, 8, 16, 16],
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=1,
        sample_size=_NATIVE_SIDE,
        scaling_factor=0.13025,
        mid_block_add_attention=False,
    )


def _unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=_NATIVE_SIDE // _VAE_FACTOR,
        block_out_channels=[32, 64],
        down_block_types=["DownBlock2D", "CrossAttnDownBlock2D"],
        up_block_types=["CrossAttnUpBlock2D", "UpBlock2D"],
        layers_per_block=1,
        attention_head_dim=[2, 4],
        cross_attention_dim=2 * _TEXT_WIDTH,
        norm_num_groups=8,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=_TIME_WIDTH,
        projection_class_embeddings_input_dim=_TEXT_WIDTH + 6 * _TIME_WIDTH,
    )
