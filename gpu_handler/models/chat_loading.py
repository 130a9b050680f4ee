# mypy: allow-untyped-calls
# (transformers annotates little.)
"""From a folder on disk to a language model in memory, and its tokenizer. No code of the folder is ever run."""

from typing import Any

from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging as transformers_logging

from gpu_handler.failures import ModelUnavailable
from gpu_handler.models.catalog import CatalogEntry
from gpu_handler.models.loading import device, dtype_of
from gpu_handler.models.weights import LocalWeights


def load_chat(entry: CatalogEntry, weights: LocalWeights) -> tuple[Any, Any]:
    """The model on the best device there is, and its tokenizer.

    Raises ``ModelUnavailable`` where the tokenizer is missing or another model's; whatever else is missing or damaged,
    the library's own exceptions.
    """
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    tokenizer = AutoTokenizer.from_pretrained(weights.path, **local)
    model = AutoModelForCausalLM.from_pretrained(weights.path, dtype=dtype_of(entry), use_safetensors=True, **local)
    # Where there are no files, transformers makes a tokenizer that knows no words. A model's table may be padded.
    if not tokenizer.chat_template or not 256 < len(tokenizer) <= model.config.vocab_size:
        raise ModelUnavailable(f"The tokenizer of {entry.name} does not fit its model or lacks a chat template.")
    placed: Any = model
    return placed.to(device()).eval(), tokenizer
