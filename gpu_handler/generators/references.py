"""The pictures an order refers to, how they are to decide what is drawn, and what became of that."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self

from PIL import Image, ImageOps
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gpu_handler.failures import BadInput
from shared.bounds import STRENGTH
from shared.messages import JobOrder

Role = Literal["reference", "start", "end"]
"""What a picture is: something to go by, or a video's first or last frame."""

NAMES: Final[Mapping[Role, Sequence[str]]] = MappingProxyType(
    {
        "reference": ("reference_image_url", "referenceImageUrl", "reference_image", "image"),
        "start": ("start_reference_url", "start_reference_image_url", "startReferenceImageUrl", "first_frame"),
        "end": ("end_reference_url", "end_reference_image_url", "endReferenceImageUrl", "last_frame"),
    }
)
"""Where an order without a claim names a picture's URL: in its metadata or in its config."""

_Strength = Annotated[float, Field(ge=0, le=1)]


class ReferencePlan(BaseModel):
    """How the order wants its pictures used. Strengths run from 0 to 1."""

    model_config = ConfigDict(frozen=True)

    reference_type: Literal["style", "composition", "character"] | None = None
    reference_strength: _Strength = STRENGTH
    denoise_strength: _Strength | None = None
    reference_fit: Literal["cover", "contain"] = "cover"
    reference_required: bool = False
    exact_copy_mode: bool = False

    @classmethod
    def of(cls, order: JobOrder) -> Self:
        """Raises ``BadInput``."""
        given = order.config | order.metadata
        try:
            return cls(**{name: given[name] for name in cls.model_fields if given.get(name) is not None})
        except ValidationError as error:
            problems = (f"{problem['loc'][0]}: {problem['msg']}" for problem in error.errors())
            raise BadInput("; ".join(problems) + ".") from None

    @property
    def denoise(self) -> float:
        """How much of a picture is drawn anew."""
        return 1 - self.reference_strength if self.denoise_strength is None else self.denoise_strength


@dataclass(frozen=True, slots=True)
class References:
    """``pictures`` are upright and in RGB, in their own sizes; ``missing`` tells why others are not there."""

    pictures: Mapping[Role, Image.Image] = field(default_factory=dict)
    missing: Mapping[Role, str] = field(default_factory=dict)


NO_REFERENCES: Final = References()


@dataclass(frozen=True, slots=True)
class ReferenceUse:
    """What really became of the pictures: ``pictures`` as they were fitted and used, and why others were not."""

    mode: str = "none"
    pictures: Mapping[Role, Image.Image] = field(default_factory=dict)
    unused: Mapping[Role, str] = field(default_factory=dict)
    strengths: Mapping[str, float] = field(default_factory=dict)
    """Under their names in the metadata."""
    fit: str | None = None

    @property
    def warnings(self) -> list[str]:
        return [f"The {_PICTURES[role]} was not used. {reason}" for role, reason in self.unused.items()]

    def metadata(self) -> dict[str, Any]:
        """With a digest of each picture's pixels, so that whoever draws again knows the picture again."""
        used = {role: _facts(picture) for role, picture in self.pictures.items()}
        told: dict[str, Any] = {"reference_mode": self.mode, "reference_used": bool(used)}
        if used:
            told |= {**self.strengths, "reference_fit": self.fit, "references": used}
        if self.unused:
            told["references_unused"] = dict(self.unused)
        return told


_PICTURES: Final[Mapping[Role, str]] = MappingProxyType(
    {"reference": "reference image", "start": "start frame", "end": "end frame"}
)


def named_references(order: JobOrder) -> dict[Role, str]:
    """The URLs in an order that came without a claim."""
    found = {
        role: next(
            (value for name in names for place in (order.metadata, order.config) if (value := place.get(name))), None
        )
        for role, names in NAMES.items()
    }
    # In one document metadata.reference_image is a flag.
    return {role: url for role, url in found.items() if isinstance(url, str)}


def check_required(plan: ReferencePlan, unused: Mapping[Role, str]) -> None:
    """Raises ``BadInput`` where a picture that has to be used is not."""
    if plan.reference_required and unused:
        role, reason = next(iter(unused.items()))
        raise BadInput(f"The {_PICTURES[role]} cannot be used. {reason}")


def fitted(picture: Image.Image, width: int, height: int, fit: Literal["cover", "contain"]) -> Image.Image:
    """At that size in pixels: cut at the longer sides (``cover``), or whole, in a black frame (``contain``)."""
    if picture.size == (width, height):
        return picture
    if fit == "cover":
        return ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
    return ImageOps.pad(picture, (width, height), Image.Resampling.LANCZOS, color=(0, 0, 0))


def _facts(picture: Image.Image) -> dict[str, Any]:
    return {
        "width": picture.width,
        "height": picture.height,
        "sha256": hashlib.sha256(picture.tobytes()).hexdigest(),
    }
