# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""From Wan's weights on disk to pipelines in memory."""

from typing import Any

import torch
from diffusers import AutoencoderKLWan, WanPipeline, WanVACEPipeline, WanVACETransformer3DModel

from gpu_handler.models.catalog import CatalogEntry
from gpu_handler.models.loading import check_tokenizer, device, dtype_of, quiet_libraries, variant_in
from gpu_handler.models.weights import LocalWeights


def load_wan(entry: CatalogEntry, weights: LocalWeights) -> Any:
    """The ``WanPipeline`` of the weights, on the best device there is.

    Raises ``ModelUnavailable`` without a tokenizer; whatever else is missing or damaged, the libraries' own exceptions.
    """
    quiet_libraries()
    local = {"local_files_only": True, "use_safetensors": True, "variant": variant_in(weights.path / "transformer")}
    # In half precision the VAE shows bands (https://huggingface.co/docs/diffusers/api/pipelines/wan).
    vae = AutoencoderKLWan.from_pretrained(weights.path, subfolder="vae", torch_dtype=torch.float32, **local)
    pipeline = WanPipeline.from_pretrained(weights.path, vae=vae, dtype=dtype_of(entry), **local)
    check_tokenizer(entry, pipeline, "tokenizer", "text_encoder")
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device())


def load_vace(pipeline: Any, weights: LocalWeights) -> Any:
    """A ``WanVACEPipeline`` with the text encoder, the tokenizer and the VAE of ``pipeline``."""
    transformer = WanVACETransformer3DModel.from_pretrained(
        weights.path,
        subfolder="transformer",
        torch_dtype=pipeline.transformer.dtype,
        variant=variant_in(weights.path / "transformer"),
        local_files_only=True,
        use_safetensors=True,
    )
    shared = {name: getattr(pipeline, name) for name in ("vae", "text_encoder", "tokenizer", "scheduler")}
    vace: Any = WanVACEPipeline(**shared, transformer=transformer.to(pipeline.device).eval())
    vace.set_progress_bar_config(disable=True)
    return vace
