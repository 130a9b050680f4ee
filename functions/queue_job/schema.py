"""Request and response of queue-job. Every spelling of every document is read; one is used inside."""

import re
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from functions.edge.enhancement.choices import EnhancementType, choices
from functions.edge.enhancement.wish import Language, Model, ReferenceMode
from functions.edge.schema import NUMBER, Flag, RequestModel, ResponseModel
from functions.edge.spellings import JobTypeName, Spellings, found_in, job_type_in_type, places_in
from functions.queue_job.conversation import (
    TEXT_SPELLINGS,
    TURNS,
    MaxTokens,
    PastTurn,
    Stops,
    Temperature,
    TopP,
    of_text,
)
from shared.bounds import (
    FRAMES,
    GUIDANCE_SCALE,
    PIXEL_LIMIT,
    PROMPT_CHARACTERS,
    SEED_LIMIT,
    SIDE_LIMIT,
    SIDE_MULTIPLE,
    STEPS,
    SYSTEM_PROMPT_CHARACTERS,
)
from shared.job_types import CHAT_ENHANCE, JOB_TYPES, JobType, resolve
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
    "frames": ("num_frames", "frame_num"),
    "content_mode": ("contentType", "content_type"),
    "destination": (),
    "compel_enabled": (),
    "compel_weights": (),
    "reference_image_url": ("referenceImageUrl", "reference_image", "image"),
    "start_reference_url": ("start_reference_image_url", "startReferenceImageUrl", "first_frame"),
    "end_reference_url": ("end_reference_image_url", "endReferenceImageUrl", "last_frame"),
    "reference_strength": ("similarity_strength",),
    "reference_type": (),
    "reference_fit": (),
    "reference_required": (),
    "denoise_strength": (),
    "exact_copy_mode": ("exactCopyMode",),
    "reference_mode": ("referenceMode",),
    "base_prompt": ("originalEnhancedPrompt", "original_enhanced_prompt"),
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
_CLIENT_S_OWN: Final = ("quality", "format", "model_type", "seed_locked")
"""The job type says these; what the React client says of them is kept with its metadata."""
_JOB_TYPE_NAMED: Final = ("job_type", "jobType", "type")
_RESOLUTION: Final = r"(\d{2,4})[x*](\d{2,4})"


class QueueJobRequest(RequestModel):
    """What a submission may say. Numbers that are left out come from the job type."""

    model_config = ConfigDict(json_schema_extra=lambda schema: _with_every_spelling(schema))

    job_type: JobTypeName
    prompt: Prompt = ""
    original_prompt: Prompt | None = None
    enhanced_prompt: Prompt | None = None
    negative_prompt: Prompt | None = None
    auto_negative: Flag = True
    num_images: Annotated[Literal[1, 3, 6], NUMBER] = 1
    seed: Annotated[int, Field(strict=True, ge=0, lt=SEED_LIMIT)] | None = None
    steps: Annotated[int, Field(strict=True, ge=STEPS[0], le=STEPS[1])] | None = None
    guidance_scale: Annotated[float, Field(strict=True, ge=GUIDANCE_SCALE[0], le=GUIDANCE_SCALE[1])] | None = None
    scheduler: SchedulerName | None = None
    width: Side | None = None
    height: Side | None = None
    aspect_ratio: Literal["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3"] | None = None
    frames: Annotated[int, Field(strict=True, ge=FRAMES[0], le=FRAMES[1])] | None = None
    content_mode: Literal["sfw", "nsfw"] = "sfw"
    destination: Literal["workspace", "library"] = "workspace"
    compel_enabled: Flag = False
    compel_weights: Prompt | None = None
    reference_image_url: Reference | None = None
    start_reference_url: Reference | None = None
    end_reference_url: Reference | None = None
    reference_strength: Strength | None = None
    reference_type: Literal["style", "composition", "character"] | None = None
    reference_fit: Literal["cover", "contain"] | None = None
    reference_required: Flag = False
    denoise_strength: Strength | None = None
    exact_copy_mode: Flag = False
    reference_mode: ReferenceMode | None = None
    base_prompt: Prompt | None = None
    user_requested_enhancement: Flag = False
    skip_enhancement: Flag = False
    enhancement_model: Model | None = None
    enhancement_type: EnhancementType | None = None
    language: Language = "en"
    messages: Annotated[list[PastTurn], Field(max_length=TURNS)] = Field(default_factory=list)
    system_prompt: Annotated[str, Field(max_length=SYSTEM_PROMPT_CHARACTERS)] | None = None
    temperature: Temperature | None = None
    top_p: TopP | None = None
    max_tokens: MaxTokens | None = None
    stop: Stops = Field(default_factory=list)
    target_model: Literal["sdxl", "wan", "chat"] = "sdxl"
    project_id: UUID | None = None
    video_id: UUID | None = None
    image_id: UUID | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    # Only what is read of it is kept, in the fields above.
    config: dict[str, Any] = Field(default_factory=dict, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _read_every_spelling(cls, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        found: dict[str, Any] = {"job_type": job_type_in_type(body), **places_in(body), **found_in(body, SPELLINGS)}
        own = {name: body[name] for name in _CLIENT_S_OWN if body.get(name) is not None}
        metadata = found.get("metadata", {})
        if own and isinstance(metadata, dict):
            found["metadata"] = {**metadata, **own}
        for name, others in _TOP_LEVEL.items():
            found[name] = next((body[key] for key in (name, *others) if body.get(key) is not None), None)
        if _is_text(found):
            found = of_text(found | found_in(body, TEXT_SPELLINGS))
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


def _is_text(found: dict[str, Any]) -> bool:
    kind = JOB_TYPES.get(str(found["job_type"]))
    return kind is not None and kind.format == "text"


def _is_enhancement(found: dict[str, Any]) -> bool:
    """Whether the job type itself asks for an enhancement."""
    kind = JOB_TYPES.get(str(found["job_type"]))
    return kind is not None and (kind.enhanced or kind.name == CHAT_ENHANCE)


def _without_other_meanings(found: dict[str, Any]) -> dict[str, Any]:
    """Some names mean two things in the documents."""
    # metadata.reference_image is a flag in the consolidated document, a URL elsewhere.
    if isinstance(found.get("reference_image_url"), bool):
        del found["reference_image_url"]
    # Without an enhancement its details are the client's own business.
    is_asked = found.get("user_requested_enhancement") is True or _is_enhancement(found)
    if not is_asked or found.get("skip_enhancement") is True:
        for name in ("enhancement_model", "enhancement_type", "language"):
            found.pop(name, None)
    # content_type is "image" or "video" in the documents' metadata, and the content mode in the React client.
    if found.get("content_mode") in ("image", "video"):
        del found["content_mode"]
    # destination holds a place in another feature of the React client.
    if found.get("destination") in ("character_portrait", "character_scene", "roleplay_scene"):
        del found["destination"]
    resolution = found.pop("resolution", None)
    if resolution is not None and "width" not in found and "height" not in found:
        match = isinstance(resolution, str) and re.fullmatch(_RESOLUTION, resolution)
        if not match:
            raise ValueError("resolution: two numbers of pixels, such as 1024x1024")
        found["width"], found["height"] = int(match[1]), int(match[2])
    return found


def _with_every_spelling(schema: dict[str, Any]) -> None:
    """A client that is typed from the schema may send the documents' own bodies."""
    properties = schema["properties"]
    properties["resolution"] = {"type": "string", "pattern": f"^{_RESOLUTION}$", "title": "Resolution"}
    for name, others in {**SPELLINGS, **TEXT_SPELLINGS, **_TOP_LEVEL}.items():
        for other in others:
            properties[other] = {**properties[name], "title": other, "x-same-as": name}
    properties["type"] = {"title": "type", "description": "A job type; any other value is the client's own."}
    for name in _CLIENT_S_OWN:
        properties[name] = {"title": name, "description": "Kept with the metadata; the job type decides."}
    schema["required"].remove("job_type")
    if not schema["required"]:
        del schema["required"]
    # Directly in the schema it would be a union with unknown in TypeScript, which checks nothing.
    schema["allOf"] = [{"anyOf": [{"required": [name]} for name in _JOB_TYPE_NAMED]}]


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
