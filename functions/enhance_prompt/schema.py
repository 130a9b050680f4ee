"""Request and response of enhance-prompt. Every spelling of every document is read; one is used inside."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from functions.edge.enhancement import Wish
from functions.edge.enhancement.choices import EnhancementType, choices
from functions.edge.enhancement.result import Source
from functions.edge.enhancement.wish import Language, Model, ReferenceMode, UseCase
from functions.edge.openapi import ErrorResponse
from functions.edge.schema import Flag, RequestModel, ResponseModel
from functions.edge.spellings import Spellings, found_in, job_type_name, places_in
from shared.bounds import PROMPT_CHARACTERS, SYSTEM_PROMPT_CHARACTERS
from shared.job_types import Format, JobType, Quality, resolve

Prompt = Annotated[str, Field(max_length=PROMPT_CHARACTERS)]

# Our name first, then the documents' and the clients' other names; in the body, then in its `metadata` and `config`.
_SPELLINGS: Final[Spellings] = {
    "prompt": ("original_prompt", "originalPrompt"),
    "job_type": ("jobType",),
    "model": ("selectedModel", "enhancement_model", "enhancementModel", "model_type", "modelType"),
    "content_mode": ("contentType", "contentMode", "content_type"),
    "use_case": ("useCase",),
    "format": (),
    "quality": (),
    "enhancement_type": ("enhancementType",),
    "language": (),
    "system_prompt": ("systemPrompt",),
    "reference_mode": ("referenceMode",),
    "exact_copy_mode": ("exactCopyMode",),
    "base_prompt": ("originalEnhancedPrompt", "original_enhanced_prompt"),
    "use_cache": ("useCache",),
    "regeneration": (),
    "presets": ("selectedPresets", "selected_presets"),
}
_FORMATS: Final = {"png": "image", "mp4": "video"}


class EnhancePromptRequest(RequestModel):
    """What is left out comes from the job type, and the job type from ``format`` and ``quality``."""

    prompt: Prompt = ""
    job_type: str | None = None
    model: Model | None = None
    content_mode: Literal["sfw", "nsfw"] = "sfw"
    use_case: UseCase = "enhancement"
    format: Literal["image", "video"] = "image"
    quality: Quality = "fast"
    enhancement_type: EnhancementType | None = None
    language: Language = "en"
    system_prompt: Annotated[str, Field(max_length=SYSTEM_PROMPT_CHARACTERS)] | None = None
    reference_mode: ReferenceMode | None = None
    exact_copy_mode: Flag = False
    base_prompt: Prompt | None = None
    use_cache: Flag = True
    regeneration: Flag = False
    presets: Any = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    config: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _read_every_spelling(cls, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        return found_in(body, _SPELLINGS) | places_in(body)

    @field_validator("job_type", mode="before")
    @classmethod
    def _check_job_type(cls, name: Any) -> Any:
        return job_type_name(name)

    @field_validator("format", mode="before")
    @classmethod
    def _read_extension(cls, value: Any) -> Any:
        return _FORMATS.get(value, value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if not self.prompt.strip() and not self.exact_copy_mode and not self.is_change:
            raise ValueError(f"prompt is empty: 1 to {PROMPT_CHARACTERS} characters")
        if self.language == "zh" and self.type.family == "sdxl":
            raise ValueError("language: en; SDXL does not read Chinese")
        choices(self.enhancement_type, self.model)
        return self

    @property
    def type(self) -> JobType:
        if self.use_case != "enhancement":
            return resolve("chat_enhance")
        family = "sdxl_image" if self.format == "image" else "video"
        return resolve(self.job_type or f"{family}_{self.quality}")

    @property
    def is_change(self) -> bool:
        """Of a picture that was made of ``base_prompt``."""
        return self.reference_mode == "modify" and bool((self.base_prompt or "").strip())

    @property
    def is_fresh(self) -> bool:
        return self.regeneration or not self.use_cache

    @property
    def wish(self) -> Wish:
        model, style, one_turn = choices(self.enhancement_type, self.model)
        return Wish(
            prompt=self.prompt,
            family=self.type.family,
            format=self.type.format,
            quality=self.type.quality,
            content_mode=self.content_mode,
            model=model,
            style=style,
            language=self.language,
            use_case=self.use_case,
            one_turn=one_turn,
            instructions=(self.system_prompt or "").strip() or None,
            base_prompt=self.base_prompt if self.is_change else None,
            is_exact_copy=self.exact_copy_mode,
        )


class EnhancementMetadata(ResponseModel):
    """Lengths in characters, ``token_count`` in tokens of the model that reads the prompt, times in milliseconds.

    ``quality_score``, from 0 to 1, is the mean of the checks of validate-enhancement-fix; ``sdxl_optimizations`` says
    which kinds of words the prompt has. Each is null where no such model reads it.
    ``fallback_level``: 0 as asked, 1 by another model, 2 by rules, 3 the original kept.
    """

    original_length: int
    enhanced_length: int
    expansion_percentage: str | None
    job_type: str
    format: Format
    quality: Quality
    content_mode: str
    use_case: UseCase
    enhancement_type: str
    language: Language
    template_name: str
    template_used: str
    model_used: str
    token_count: int
    quality_score: float | None
    sdxl_optimizations: dict[str, bool | int] | None
    compression_applied: bool
    fallback_level: int
    cache_hit: bool
    enhancement_time_ms: int
    execution_time_ms: int


class EnhancePromptFailure(ErrorResponse):
    """A failure of ours. ``enhanced_prompt`` is the original, for the caller to go on with."""

    original_prompt: str | None = None
    enhanced_prompt: str | None = None
    enhancement_source: Literal["emergency_fallback"] | None = None
    timeout_seconds: float | None = None


class EnhancePromptResponse(ResponseModel):
    success: Literal[True] = True
    original_prompt: str
    enhanced_prompt: str
    enhancement_strategy: str
    enhancement_source: Source
    enhancement_metadata: EnhancementMetadata
    warnings: list[str]
