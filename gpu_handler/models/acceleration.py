# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""What makes a model faster and leaves its pictures as they are: on by default where the device has it.

https://huggingface.co/docs/diffusers/optimization/attention_backends and
https://huggingface.co/docs/diffusers/optimization/fp16#regional-compilation
"""

import os
from pathlib import Path
from typing import Any, Final

EXACT_ATTENTION: Final = ("_flash_3", "flash")
"""Kernels of packages that may be installed, the faster first. Those that compute in fewer bits are not among them."""


def choose_attention(transformer: Any) -> str:
    """Set the first backend that can be used here; its name, ``native`` (what torch itself chooses) where none can."""
    for name in EXACT_ATTENTION:
        try:
            transformer.set_attention_backend(name)
        except RuntimeError:
            # Its package is missing.
            continue
        return name
    return "native"


def compile_blocks(model: Any, models_dir: Path | None) -> None:
    """Compile the block that a model repeats, at its first use; beside the weights it is kept for the next process."""
    if models_dir is not None:
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(models_dir / "compiled"))
    model.compile_repeated_blocks(fullgraph=True)
