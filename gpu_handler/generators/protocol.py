"""The seam between an attempt and a model family: what draws, and what writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from PIL import Image

from gpu_handler.generators.references import References
from shared.conversation import ChatRequest
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


@dataclass(frozen=True, slots=True)
class Written:
    """What a language model wrote, whole or until it was stopped, and the values it was really written with.

    Of these ``finish_reason`` (``stop``, ``length``, ``stopped``) and ``seed`` are always there.
    """

    text: str
    metadata: dict[str, Any]
    warnings: tuple[str, ...] = ()
    """Sentences for the user: what of the request had no effect."""


class Writer(Protocol):
    """A language model's work. One thread at a time may use it; its properties are as a ``Generator``'s."""

    @property
    def variant(self) -> str: ...

    @property
    def device(self) -> str: ...

    @property
    def versions(self) -> Mapping[str, str]: ...

    @property
    def load_seconds(self) -> float: ...

    def load(self) -> None:
        """As a ``Generator`` is loaded."""

    def write(self, request: ChatRequest, on_text: Callable[[str], None], is_stopped: Callable[[], bool]) -> Written:
        """``on_text`` gets each piece as it comes and may raise, which ends it; ``is_stopped`` is asked at each token.

        Raises ``BadInput`` where what has to be read does not fit.
        """
