# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""From a folder of weights to a pipeline in memory. No code that comes with weights is ever run."""

from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionXLPipeline
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging


def device_name() -> str:
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"


def load_sdxl(folder: Path) -> Any:
    """The ``StableDiffusionXLPipeline`` of the folder, on the best device there is."""
    _quiet_libraries()
    cuda = torch.cuda.is_available()
    half = (folder / "unet" / "diffusion_pytorch_model.fp16.safetensors").exists()
    pipeline = StableDiffusionXLPipeline.from_pretrained(
        folder,
        # On CUDA the precision the weights are published in; diffusers decodes in float32 where the VAE asks for it.
        # CPUs are slow in both halves.
        dtype=torch.float16 if cuda else torch.float32,
        variant="fp16" if half else None,
        local_files_only=True,
        use_safetensors=True,
        add_watermarker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to("cuda" if cuda else "cpu")


def _quiet_libraries() -> None:
    # A prompt past the text encoder's limit is logged by diffusers word for word, as a warning.
    for library in (diffusers_logging, transformers_logging):
        library.set_verbosity_error()
        library.disable_progress_bar()
