"""What loading needs whatever is loaded. No code that comes with weights is ever run."""

from pathlib import Path
from typing import Any, Final

import torch
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from gpu_handler.failures import ModelUnavailable
from gpu_handler.models.catalog import CatalogEntry

_KNOWN: Final = 0.99
"""The least share of a table of embeddings that its tokenizer has words for: umT5's has 256,384 rows for 256,300."""


def device() -> str:
    """The best there is, as torch names it."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def device_name() -> str:
    """In words."""
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"


def dtype_of(entry: CatalogEntry) -> torch.dtype:
    """CPUs are slow in both halves."""
    chosen: torch.dtype = getattr(torch, entry.precision) if torch.cuda.is_available() else torch.float32
    return chosen


def variant_in(folder: Path) -> str | None:
    """``fp16`` where the weights are saved in half precision under that name."""
    return "fp16" if any(folder.glob("*.fp16.safetensors")) else None


def check_tokenizer(entry: CatalogEntry, pipeline: Any, tokenizer: str, encoder: str) -> None:
    """Raises ``ModelUnavailable`` where the pipeline's tokenizer is missing or another model's."""
    # Where there are no files, transformers makes a tokenizer that knows no words. A model's table may be padded.
    known, table = len(getattr(pipeline, tokenizer)), getattr(pipeline, encoder).config.vocab_size
    if not _KNOWN * table <= known <= table:
        raise ModelUnavailable(f"The folder {tokenizer} of {entry.name} does not fit its {encoder}, or is missing.")


def quiet_libraries() -> None:
    """Neither bars nor warnings."""
    # A prompt past the text encoder's limit is logged by diffusers word for word, as a warning.
    for library in (diffusers_logging, transformers_logging):
        library.set_verbosity_error()
        library.disable_progress_bar()
