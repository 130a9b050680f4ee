"""Request and response of queue-job. Every spelling of every document is read; one is used inside."""

import re
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator, model_validator

from functions.edge.enhancement.choices import EnhancementType, choices
from functions.edge.enhancement.wish import Language, Model
from functions.edge.schema import RequestModel, ResponseModel
from functions.edge.spellings import JobTypeName, Spellings, found_in
from shared.bounds import GUIDANCE_SCALE, PIXEL_LIMIT, PROMPT_CHARACTERS, SEED_LIMIT, SIDE_LIMIT, SIDE_MULTIPLE, STEPS
from shared.job_types import JobType, resolve
from shared.schedulers import SchedulerName

Prompt = Annotated[str, Field(max_length=PROMPT_CHARACTERS)]
# A signed URL with room to spare.
Reference = Annotated[str, Field(max_length=4096)]
# Strict: a string or a boolean is no number.
Strength = Annotated[float, Field(strict=True, ge=0, le=1)]
Side = Annotated[int, Field(strict=True, ge=SIDE_MULTIPLE, le=SIDE_LIMIT, multiple_of=SIDE_MULTIPLE)]

# Our name first, then the documents' and the clients' other names. Each is looked for in the body, then in its
# `metadata`, then in its `config`.
SPELLINGS: Final[Spellings] = {
    "job_type": ("jobType",),
    "prompt": (),
    "original_prompt": ("originalPrompt",),
    "enhanced_prompt": ("enhancedPrompt",),
    "negative_prompt": ("negativePrompt",),
    "auto_negative": ("autoNegative",),
    "num_images": ("numImages",),
    "seed": (),
    "steps": ("num_inference_steps",),
    "guidance_scale": ("guidanceScale",),
    "scheduler": (),
    "width": (),
    "height": (),
    "resolution": (),
    "aspect_ratio": ("aspectRatio",),
    "content_mode": ("contentType", "content_type"),
    "destination": (),
    "compel_enabled": (),
    "compel_weights": (),
    "reference_image_url": ("referenceImageUrl", "reference_image", "image"),
    "start_reference_url": ("start_reference_image_url", "startReferenceImageUrl", "first_frame"),
    "end_reference_url": ("end_reference_image_url", "endReferenceImageUrl", "last_frame"),
    "reference_strength": ("similarity_strength",),
    "reference_type": (),
    "reference_required": (),
    "denoise_strength": (),
    "user_requested_enhancement": ("userRequestedEnhancement",),
    "skip_enhancement": ("skipEnhancement",),
    "enhancement_model": ("enhancementModel",),
    "enhancement_type": ("enhancementType",),
    "language": (),
}
_TOP_LEVEL: Final[Spellings] = {
    "project_id": ("projectId",),
    "video_id": ("videoId",),
    "image_id": ("imageId",),
}


class QueueJobRequest(RequestModel):
    """What a submission may say. Numbers that are left out come from the job type."""

    job_type: JobTypeName
    prompt: Prompt = ""
    original_prompt: Prompt | None = None
    enhanced_prompt: Prompt | None = None
    negative_prompt: Prompt | None = None
    auto_negative: bool = True
    num_images: Literal[1, 3, 6] = 1
    seed: Annotated[int, Field(strict=True, ge=0, lt=SEED_LIMIT)] | None = None
    steps: Annotated[int, Field(strict=True, ge=STEPS[0], le=STEPS[1])] | None = None
    guidance_scale: Annotated[float, Field(strict=True, ge=GUIDANCE_SCALE[0], le=GUIDANCE_SCALE[1])] | None = None
    scheduler: SchedulerName | None = None
    width: Side | None = None
    height: Side | None = None
    aspect_ratio: Literal["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3"] | None = None
    content_mode: Literal["sfw", "nsfw"] = "sfw"
    destination: Literal["workspace", "library"] = "workspace"
    compel_enabled: bool = False
    compel_weights: Prompt | None = None
    reference_image_url: Reference | None = None
    start_reference_url: Reference | None = None
    end_reference_url: Reference | None = None
    reference_strength: Strength | None = None
    reference_type: Literal["style", "composition", "character"] | None = None
    reference_required: bool = False
    denoise_strength: Strength | None = None
    user_requested_enhancement: bool = False
    skip_enhancement: bool = False
    enhancement_model: Model | None = None
    enhancement_type: EnhancementType | None = None
    language: Language = "en"
    project_id: UUID | None = None
    video_id: UUID | None = None
    image_id: UUID | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _read_every_spelling(cls, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        metadata = body.get("metadata") or {}
        found: dict[str, Any] = {"job_type": None, "metadata": metadata, **found_in(body, SPELLINGS)}
        for name, others in _TOP_LEVEL.items():
            found[name] = next((body[key] for key in (name, *others) if body.get(key) is not None), None)
        return _without_other_meanings(found)

    @field_validator("num_images")
    @classmethod
    def _check_quantity(cls, num_images: int, info: ValidationInfo) -> int:
        if "job_type" in info.data:
            job_type = resolve(info.data["job_type"])
            if num_images not in job_type.quantities:
                raise ValueError(f"{job_type.name} takes {_listed(job_type.quantities)}")
        return num_images

    @field_validator("seed")
    @classmethod
    def _check_room(cls, seed: int | None, info: ValidationInfo) -> int | None:
        num_images = info.data.get("num_images", 1)
        highest = SEED_LIMIT - num_images
        if seed is not None and seed > highest:
            raise ValueError(f"at most {highest}, with room for {num_images} images")
        return seed

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if not self.text.strip():
            raise ValueError(f"prompt is empty: 1 to {PROMPT_CHARACTERS} characters")
        if (self.width is None) != (self.height is None):
            raise ValueError("width and height go together")
        if self.width is not None and self.height is not None and self.width * self.height > PIXEL_LIMIT:
            raise ValueError(f"width times height is more than {PIXEL_LIMIT}")
        if self.language == "zh" and self.type.family == "sdxl":
            raise ValueError("language: en; SDXL does not read Chinese")
        if self.enhancement_model != "none":
            choices(self.enhancement_type, self.enhancement_model)
        return self

    @property
    def type(self) -> JobType:
        return resolve(self.job_type)

    @property
    def text(self) -> str:
        """What the user wrote, before anybody enhanced it."""
        return self.original_prompt or self.prompt

    @property
    def enhanced_text(self) -> str | None:
        """What somebody made of it; ``None`` when nobody did."""
        enhanced = self.enhanced_prompt or self.prompt
        return enhanced if enhanced.strip() and enhanced != self.text else None

    @property
    def has_reference(self) -> bool:
        return any((self.reference_image_url, self.start_reference_url, self.end_reference_url))


def _without_other_meanings(found: dict[str, Any]) -> dict[str, Any]:
    """Some names mean two things in the documents."""
    # metadata.reference_image is a flag in the consolidated document, a URL elsewhere.
    if isinstance(found.get("reference_image_url"), bool):
        del found["reference_image_url"]
    # Without an enhancement its details are the client's own business.
    if found.get("user_requested_enhancement") is not True or found.get("skip_enhancement") is True:
        for name in ("enhancement_model", "enhancement_type", "language"):
            found.pop(name, None)
    # content_type is "image" or "video" in the documents' metadata, and the content mode in the React client.
    if found.get("content_mode") in ("image", "video"):
        del found["content_mode"]
    # destination holds a place in another feature of the React client.
    if found.get("destination") in ("character_portrait", "character_scene", "roleplay_scene"):
        del found["destination"]
    resolution = found.pop("resolution", None)
    if isinstance(resolution, str) and "width" not in found and "height" not in found:
        match = re.fullmatch(r"(\d{2,4})[x*](\d{2,4})", resolution)
        if match is None:
            raise ValueError("resolution: two numbers of pixels, such as 1024x1024")
        found["width"], found["height"] = int(match[1]), int(match[2])
    return found


def _listed(quantities: tuple[int, ...]) -> str:
    return " or ".join(map(str, quantities))


class QueueJobDebug(ResponseModel):
    userId: UUID
    hasPrompt: bool
    destination: str
    workspaceSessionCreated: bool = False


class QueueJobResponse(ResponseModel):
    """The union of what the documents promise. ``position`` counts the jobs that run before this one.

    Half of all jobs are done within ``etaSeconds``, nine in ten within ``etaP90Seconds``.
    """

    success: Literal[True] = True
    job: dict[str, Any]
    jobId: UUID
    job_id: UUID
    status: str
    queueName: str
    queueLength: int
    message: str
    modelVariant: str
    isSDXL: bool
    negativePromptSupported: bool
    referenceImageSupported: bool
    flexibleQuantitiesSupported: bool
    seedControlSupported: bool
    workspaceSessionId: None = None
    position: int | None
    etaSeconds: int | None
    etaP90Seconds: int | None
    warnings: list[str]
    debug: QueueJobDebug
