"""What an SDXL order does with the picture it refers to."""

import math
from typing import Final

from gpu_handler.generators.parameters import DrawingParameters
from gpu_handler.generators.references import ReferencePlan, References, ReferenceUse, check_required, fitted
from shared.messages import JobOrder

REAL_STEPS: Final = 4
"""So many steps a picture is drawn anew in, however little of it is to change."""
_TRAINED_STEPS: Final = 1000
"""Of the noise schedule: no finer one can be made."""

_NO_FRAMES: Final = "A picture has no first or last frame."
NO_ADAPTER: Final = "This deployment's model has no layers for style, composition and character."


def use_of(
    order: JobOrder, references: References, parameters: DrawingParameters, adapter_side: int | None
) -> ReferenceUse:
    """``adapter_side``: pixels of the square that the adapters look at; ``None`` without adapters.

    Raises ``BadInput`` for a wrong plan, and for a picture that is required and cannot be used.
    """
    plan = ReferencePlan.of(order)
    mode = "exact_copy" if plan.exact_copy_mode else plan.reference_type or "modify"
    unused = dict(references.missing)
    unused |= {role: _NO_FRAMES for role in references.pictures if role != "reference"}
    picture = references.pictures.get("reference")
    if picture is not None and mode == plan.reference_type and adapter_side is None:
        unused["reference"] = NO_ADAPTER
    check_required(plan, unused)
    if picture is None or "reference" in unused:
        return ReferenceUse(unused=unused)
    if mode == plan.reference_type:
        assert adapter_side is not None
        width = height = adapter_side
        strengths = {"reference_strength": plan.reference_strength}
    else:
        width, height = parameters.width, parameters.height
        denoise = 0.0 if mode == "exact_copy" else max(plan.denoise, REAL_STEPS / _TRAINED_STEPS)
        strengths = {"reference_strength": 1 - denoise, "denoise_strength": denoise}
    return ReferenceUse(
        mode=mode,
        pictures={"reference": fitted(picture, width, height, plan.reference_fit)},
        unused=unused,
        strengths={name: round(value, 4) for name, value in strengths.items()},
        fit=plan.reference_fit,
    )


def steps_for(steps: int, denoise: float) -> tuple[int, int]:
    """Of the whole schedule, and of those that are really made from the picture on: ``REAL_STEPS`` at least."""
    whole = max(steps, math.ceil(REAL_STEPS / denoise))
    # A product such as 58 * 4/58 may be a little less than 4.
    while int(whole * denoise) < REAL_STEPS:
        whole += 1
    return whole, int(whole * denoise)
