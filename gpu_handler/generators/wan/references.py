"""What a Wan order does with the pictures it refers to: VACE's conditions (Jiang et al., "VACE", 2025)."""

from collections.abc import Mapping
from typing import Any, Final

from PIL import Image

from gpu_handler.generators.parameters import DrawingParameters
from gpu_handler.generators.references import (
    ReferencePlan,
    References,
    ReferenceUse,
    Role,
    check_required,
    fitted,
)
from shared.messages import JobOrder

_NO_FRAMES: Final = "A picture has no first or last frame."
_TOO_SHORT: Final = "A video of one frame has no last one beside its first."
_UNKNOWN: Final = (128, 128, 128)
"""Mid-grey stands in the frames that are to be made; in the mask they are white, given ones black."""


def use_of(order: JobOrder, references: References, parameters: DrawingParameters) -> ReferenceUse:
    """Raises ``BadInput`` for a wrong plan, and for a picture that is required and cannot be used."""
    plan = ReferencePlan.of(order)
    unused = dict(references.missing)
    for role in references.pictures:
        if role != "reference" and parameters.fps == 0:
            unused[role] = _NO_FRAMES
        elif role == "end" and parameters.frames == 1:
            unused[role] = _TOO_SHORT
    check_required(plan, unused)
    pictures: dict[Role, Image.Image] = {
        role: fitted(picture, parameters.width, parameters.height, plan.reference_fit)
        for role, picture in references.pictures.items()
        if role not in unused
    }
    if not pictures:
        return ReferenceUse(unused=unused)
    return ReferenceUse(
        mode=_mode(pictures),
        pictures=pictures,
        unused=unused,
        strengths={"reference_strength": plan.reference_strength},
        fit=plan.reference_fit,
    )


def conditions(pictures: Mapping[Role, Image.Image], parameters: DrawingParameters) -> dict[str, Any]:
    """``WanVACEPipeline``'s arguments: the frames that are given in a video of grey, and a reference beside it."""
    arguments: dict[str, Any] = {}
    places: dict[Role, int] = {"end": parameters.frames - 1, "start": 0}
    given = {place: pictures[role] for role, place in places.items() if role in pictures}
    if given:
        size = (parameters.width, parameters.height)
        grey, white, black = (Image.new("RGB", size, colour) for colour in (_UNKNOWN, "white", "black"))
        numbers = range(parameters.frames)
        arguments["video"] = [given.get(number, grey) for number in numbers]
        arguments["mask"] = [black if number in given else white for number in numbers]
    if "reference" in pictures:
        arguments["reference_images"] = [pictures["reference"]]
    return arguments


def _mode(pictures: Mapping[Role, Image.Image]) -> str:
    """In the documents' words; a reference beside frames is told with the pictures."""
    match "start" in pictures, "end" in pictures:
        case True, True:
            return "both"
        case True, False:
            return "start"
        case False, True:
            return "end"
    return "single"
