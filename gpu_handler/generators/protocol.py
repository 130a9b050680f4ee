"""The seam between an attempt and a model family."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from PIL import Image

from gpu_handler.generators.references import References
from shared.job_types import Family
from shared.messages import JobOrder


@dataclass(frozen=True, slots=True)
class Generated:
    """One finished output: the file, its WebP thumbnail, and the values it was really made with.

    ``shown`` is what can be seen of it: the picture, or some frames of the video.
    """

    data: bytes
    content_type: str
    thumbnail: bytes
    shown: tuple[Image.Image, ...]
    metadata: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    """Sentences for the user: what of the order had no effect."""


class OnStep(Protocol):
    def __call__(self, done: int, total: int) -> None:
        """Called after each step of one output. May raise ``Interrupted``, which ends the generation at once."""


class Generator(Protocol):
    """One model family's work. One thread at a time may use it."""

    @property
    def family(self) -> Family: ...

    @property
    def variant(self) -> str:
        """The catalog entry that draws."""

    @property
    def device(self) -> str:
        """The hardware in words; known once loaded."""

    @property
    def versions(self) -> Mapping[str, str]:
        """Of the libraries that decide the pixels; known once loaded."""

    @property
    def load_seconds(self) -> float:
        """How long loading took; known once loaded."""

    def load(self) -> None:
        """Put the model where it can run; a second call does nothing. Raises ``ModelUnavailable`` without weights."""

    def count(self, order: JobOrder) -> int:
        """How many outputs the order asks for. Raises ``BadInput`` if it cannot be made. Needs no loaded model."""

    def generate(self, order: JobOrder, index: int, references: References, on_step: OnStep) -> Generated:
        """Make output ``index``, whatever other outputs were made before.

        Raises ``BadInput`` where the order requires a reference that cannot be used; otherwise it is made without, and
        says so.
        """
