"""What generators that run diffusers' pipelines have in common: one model, loaded once."""

import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from gpu_handler.generators.parameters import drawing_parameters
from gpu_handler.models.catalog import CATALOG, CatalogEntry
from gpu_handler.models.weights import LocalWeights, find_weights
from shared.messages import JobOrder
from shared.model_variants import ModelVariant


class Diffusion(ABC):
    """The half of a ``Generator`` that is the same for each. torch and diffusers are imported by ``load``."""

    def __init__(self, variant: ModelVariant, models_dir: Path | None) -> None:
        self._native = variant
        self._entry = CATALOG[variant.name]
        self._models_dir = models_dir
        self._pipeline: Any = None
        self.device = "not loaded"
        self.load_seconds = 0.0
        self.versions: dict[str, str] = {}

    @property
    def variant(self) -> str:
        return self._native.name

    def load(self) -> None:
        if self._pipeline is not None:
            return
        started = time.monotonic()
        found = find_weights(self._entry, self._models_dir)
        companion = None if self._entry.companion is None else CATALOG[self._entry.companion]
        # Before anything is loaded: what is missing is told at once.
        beside = None if companion is None else (companion, find_weights(companion, self._models_dir))
        self._load(found, beside)
        self.versions = {**self.versions, "weights": found.origin}
        if beside is not None:
            self.versions |= {"reference_weights": beside[1].origin}
        self.load_seconds = time.monotonic() - started

    @abstractmethod
    def _load(self, found: LocalWeights, beside: tuple[CatalogEntry, LocalWeights] | None) -> None:
        """Load the weights, and those that read references, where there are any."""

    def count(self, order: JobOrder) -> int:
        return drawing_parameters(order, self._native).num_images
