# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""From a catalog entry to a pipeline in memory. Nothing is downloaded, and no code that comes with weights is run."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import torch
from diffusers import StableDiffusionXLPipeline
from diffusers.utils import logging as diffusers_logging
from huggingface_hub import snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError
from transformers.utils import logging as transformers_logging

from gpu_handler.failures import ModelUnavailable
from gpu_handler.models.catalog import CatalogEntry
from gpu_handler.models.small.sdxl import build_sdxl

_BUILDERS: Final[Mapping[str, Callable[[Path], None]]] = MappingProxyType({"sdxl_tiny_random": build_sdxl})


def device_name() -> str:
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"


def load_sdxl(entry: CatalogEntry, models_dir: Path | None) -> Any:
    """The ``StableDiffusionXLPipeline`` on the best device there is. Raises ``ModelUnavailable``."""
    _quiet_libraries()
    cuda = torch.cuda.is_available()
    with _folder(entry, models_dir) as folder:
        half = (folder / "unet" / "diffusion_pytorch_model.fp16.safetensors").exists()
        pipeline = StableDiffusionXLPipeline.from_pretrained(
            folder,
            # The weights were trained for float16, and diffusers decodes in float32 then; CPUs are slow in both halves.
            dtype=torch.float16 if cuda else torch.float32,
            variant="fp16" if half else None,
            local_files_only=True,
            use_safetensors=True,
            add_watermarker=False,
        )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to("cuda" if cuda else "cpu")


@contextmanager
def _folder(entry: CatalogEntry, models_dir: Path | None) -> Iterator[Path]:
    """Where the weights lie. What is built by code is gone after loading, so none is ever stale."""
    if entry.repo_id is None:
        with tempfile.TemporaryDirectory(prefix=f"{entry.name}-") as name:
            _BUILDERS[entry.name](Path(name))
            yield Path(name)
        return
    if models_dir is not None and (models_dir / entry.name / "model_index.json").is_file():
        yield models_dir / entry.name
        return
    try:
        yield Path(snapshot_download(entry.repo_id, local_files_only=True))
    except LocalEntryNotFoundError:
        raise ModelUnavailable(
            f"The weights of {entry.name} are missing: put {entry.repo_id} into the folder {entry.name} under "
            "MODELS_DIR or into the Hugging Face cache (HF_HOME), or set MODELS=demo."
        ) from None


def _quiet_libraries() -> None:
    # A prompt past the text encoder's limit is logged by diffusers word for word, as a warning.
    for library in (diffusers_logging, transformers_logging):
        library.set_verbosity_error()
        library.disable_progress_bar()
