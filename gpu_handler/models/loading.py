# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""From weights on disk to a pipeline in memory. No code that comes with weights is ever run."""

from typing import Any

import torch
from diffusers import StableDiffusionXLPipeline
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from gpu_handler.failures import ModelUnavailable
from gpu_handler.models.catalog import CatalogEntry
from gpu_handler.models.weights import LocalWeights


def device_name() -> str:
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"


def load_sdxl(entry: CatalogEntry, weights: LocalWeights) -> Any:
    """The ``StableDiffusionXLPipeline`` of the weights, on the best device there is.

    Raises ``ModelUnavailable`` without tokenizers; whatever else is missing or damaged, the libraries' own exceptions.
    """
    _quiet_libraries()
    cuda = torch.cuda.is_available()
    # CPUs are slow in both halves. Where a VAE asks for float32, diffusers decodes in it.
    dtype = getattr(torch, entry.precision) if cuda else torch.float32
    if weights.config is None:
        half = (weights.path / "unet" / "diffusion_pytorch_model.fp16.safetensors").exists()
        pipeline = StableDiffusionXLPipeline.from_pretrained(
            weights.path,
            dtype=dtype,
            variant="fp16" if half else None,
            local_files_only=True,
            use_safetensors=True,
            add_watermarker=False,
        )
    else:
        pipeline = StableDiffusionXLPipeline.from_single_file(
            str(weights.path),
            config=str(weights.config),
            torch_dtype=dtype,
            local_files_only=True,
            add_watermarker=False,
        )
    for tokenizer, encoder in (("tokenizer", "text_encoder"), ("tokenizer_2", "text_encoder_2")):
        # Where there are no files, transformers makes a tokenizer that knows no words.
        if len(getattr(pipeline, tokenizer)) != getattr(pipeline, encoder).config.vocab_size:
            raise ModelUnavailable(f"The folder {tokenizer} of {entry.name} does not fit its {encoder}, or is missing.")
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to("cuda" if cuda else "cpu")


def _quiet_libraries() -> None:
    # A prompt past the text encoder's limit is logged by diffusers word for word, as a warning.
    for library in (diffusers_logging, transformers_logging):
        library.set_verbosity_error()
        library.disable_progress_bar()
