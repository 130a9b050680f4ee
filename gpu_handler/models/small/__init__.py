"""Small models the project makes itself: the real architectures at a size any machine runs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from gpu_handler.models.small.sdxl import build_sdxl

BUILDERS: Final[Mapping[str, Callable[[Path], None]]] = MappingProxyType({"sdxl_tiny_random": build_sdxl})
"""By catalog entry."""
