# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""Pipelines and a language model with random weights, made where they run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderKLWan,
    EulerDiscreteScheduler,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
    UniPCMultistepScheduler,
    WanPipeline,
    WanTransformer3DModel,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    GenerationConfig,
    Qwen2Config,
    Qwen2ForCausalLM,
    UMT5Config,
    UMT5EncoderModel,
)

from gpu_handler.models.loading import device, quiet_libraries
from tools.bench_gpu.sizes import Sizes

_CLIP_WORDS: Final = 49408
_WAN_LATENTS: Final = 16


@contextmanager
def _made(dtype: torch.dtype) -> Iterator[None]:
    """Weights are drawn on the device, in the type they are used in."""
    quiet_libraries()
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype if device() == "cuda" else torch.float32)
    torch.manual_seed(0)
    try:
        with torch.device(device()):
            yield
    finally:
        torch.set_default_dtype(before)


def sdxl(sizes: Sizes, tokenizer: Any) -> Any:
    """``StableDiffusionXLPipeline``; ``tokenizer`` knows at most 49,408 words."""
    with _made(torch.float16):
        ids = {name: getattr(tokenizer, f"{name}_token_id") for name in ("bos", "eos", "pad")}
        words = {"vocab_size": _CLIP_WORDS, **{f"{name}_token_id": value for name, value in ids.items()}}
        parts: dict[str, Any] = {
            "unet": UNet2DConditionModel(
                down_block_types=["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
                up_block_types=["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
                use_linear_projection=True,
                addition_embed_type="text_time",
                **sizes.unet,
            ),
            "vae": AutoencoderKL(
                down_block_types=["DownEncoderBlock2D"] * 4,
                up_block_types=["UpDecoderBlock2D"] * 4,
                latent_channels=4,
                **sizes.vae,
            ),
            "text_encoder": CLIPTextModel(CLIPTextConfig(**words, **sizes.text)),
            "text_encoder_2": CLIPTextModelWithProjection(CLIPTextConfig(**words, **sizes.text_2)),
        }
    scheduler = EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    for part in parts.values():
        part.eval()
    pipeline: Any = StableDiffusionXLPipeline(
        tokenizer=tokenizer, tokenizer_2=tokenizer, scheduler=scheduler, add_watermarker=False, **parts
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def wan(sizes: Sizes, tokenizer: Any) -> tuple[Any, Any]:
    """``WanPipeline``, and ``WanVACEPipeline`` with the same text encoder and VAE."""
    common = {"cross_attn_norm": True, "qk_norm": "rms_norm_across_heads", "freq_dim": 256}
    with _made(torch.bfloat16):
        text_encoder = UMT5EncoderModel(UMT5Config(feed_forward_proj="gated-gelu", **sizes.wan_text))
        latents = {"in_channels": _WAN_LATENTS, "out_channels": _WAN_LATENTS}
        transformer: Any = WanTransformer3DModel(**common, **latents, **sizes.wan)
        # Two latents, and a mask of 8 x 8 pixels for each.
        vace: Any = WanVACETransformer3DModel(
            **common, **latents, **sizes.wan, vace_layers=list(sizes.vace_layers), vace_in_channels=96
        )
    with _made(torch.float32):
        vae: Any = AutoencoderKLWan(**sizes.wan_vae)
    shared = {
        "tokenizer": tokenizer,
        "text_encoder": text_encoder.eval(),
        "vae": vae.eval(),
        "scheduler": UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
    }
    pipelines: tuple[Any, Any] = (
        WanPipeline(transformer=transformer.eval(), **shared),
        WanVACEPipeline(transformer=vace.eval(), **shared),
    )
    for pipeline in pipelines:
        pipeline.set_progress_bar_config(disable=True)
    return pipelines


def qwen(sizes: Sizes) -> Any:
    """``Qwen2ForCausalLM`` that never ends an answer by itself."""
    with _made(torch.bfloat16):
        model: Any = Qwen2ForCausalLM(Qwen2Config(**sizes.qwen))
    model.generation_config = GenerationConfig(do_sample=True, top_k=20, eos_token_id=None)
    return model.eval()
