"""The numbers of an order to draw, read and checked against the contract's bounds."""

import re
import secrets
from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gpu_handler.failures import BadInput
from gpu_handler.generators.prompts import Prompts, read_prompts
from shared.bounds import FRAMES, GUIDANCE_SCALE, PIXEL_LIMIT, SEED_LIMIT, SIDE_LIMIT, SIDE_MULTIPLE, STEPS
from shared.job_types import JobType, resolve
from shared.messages import JobOrder
from shared.model_variants import ModelVariant
from shared.schedulers import SchedulerName

_ROOM_FOR_OUTPUTS: Final = 100

_Side = Annotated[int, Field(ge=SIDE_MULTIPLE, le=SIDE_LIMIT, multiple_of=SIDE_MULTIPLE)]


class DrawingParameters(BaseModel):
    """What is asked of the model. Sizes are in pixels; output ``i`` is drawn with ``seed + i``."""

    model_config = ConfigDict(frozen=True)

    prompts: Prompts
    num_images: int
    seed: Annotated[int, Field(ge=0, lt=SEED_LIMIT)]
    steps: Annotated[int, Field(ge=STEPS[0], le=STEPS[1])]
    guidance_scale: Annotated[float, Field(ge=GUIDANCE_SCALE[0], le=GUIDANCE_SCALE[1])]
    width: _Side
    height: _Side
    frames: Annotated[int, Field(ge=FRAMES[0], le=FRAMES[1])]
    """4k + 1, which is what Wan's VAE can decode; 1 for a picture."""
    fps: int
    """Frames a second; 0 for a picture."""
    scheduler: SchedulerName | None
    """``None`` is the model's own."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.width * self.height > PIXEL_LIMIT:
            raise ValueError(f"width x height may be at most {PIXEL_LIMIT} pixels")
        if self.seed + self.num_images > SEED_LIMIT:
            raise ValueError(f"seed + num_images may be at most {SEED_LIMIT}")
        return self


def job_type(order: JobOrder) -> JobType:
    """Raises ``BadInput`` for a type that does not exist."""
    try:
        return resolve(order.type)
    except KeyError:
        raise BadInput("This job type does not exist.") from None


def with_seed(order: JobOrder) -> JobOrder:
    """The order with a seed drawn for it where it names none; a claimed job always names one."""
    if order.config.get("seed") is not None:
        return order
    seed = secrets.randbelow(SEED_LIMIT - _ROOM_FOR_OUTPUTS)
    return order.model_copy(update={"config": {**order.config, "seed": seed}})


def drawing_parameters(order: JobOrder, variant: ModelVariant) -> DrawingParameters:
    """Read the order: its numbers first, then its job type's, the model's own size where it names none.

    Raises ``BadInput`` with the wrong fields named.
    """
    kind = job_type(order)
    config = {key: value for key, value in order.config.items() if value is not None}
    width, height = _size(config, variant)
    try:
        parameters = DrawingParameters(
            prompts=read_prompts(order),
            num_images=config.get("num_images", 1),
            seed=config.get("seed"),
            steps=config.get("steps", config.get("num_inference_steps", kind.steps)),
            guidance_scale=config.get("guidance_scale", kind.guidance_scale),
            width=width,
            height=height,
            frames=_frames(config, kind),
            fps=kind.fps,
            scheduler=config.get("scheduler"),
        )
    except ValidationError as error:
        raise BadInput("; ".join(_sentence(dict(problem)) for problem in error.errors()) + ".") from None
    if parameters.num_images not in kind.quantities:
        raise BadInput(f"num_images must be one of {', '.join(map(str, kind.quantities))}.")
    return parameters


def _size(config: Mapping[str, Any], variant: ModelVariant) -> tuple[Any, Any]:
    if "width" in config or "height" in config:
        return config.get("width", variant.width), config.get("height", variant.height)
    if match := re.fullmatch(r"(\d{1,5})x(\d{1,5})", str(config.get("resolution", ""))):
        return match[1], match[2]
    return variant.width, variant.height


def _frames(config: Mapping[str, Any], kind: JobType) -> Any:
    """The most of the form 4k + 1 that are not more than asked for. What is no number is left to be refused."""
    if kind.format != "video":
        return 1
    asked = config.get("frames", kind.frames)
    return max(asked - 1, 0) // 4 * 4 + 1 if isinstance(asked, int) and asked > 0 else asked


def _sentence(problem: dict[str, Any]) -> str:
    reason = problem["msg"].removeprefix("Value error, ")
    return f"{problem['loc'][0]}: {reason}" if problem["loc"] else reason
