"""Request and response of get-negative-prompt."""

from typing import Literal

from pydantic import AliasChoices, Field

from functions.edge.negatives import ContentMode, ModelType
from functions.edge.schema import RequestModel, ResponseModel
from shared.bounds import PROMPT_CHARACTERS


class GetNegativePromptRequest(RequestModel):
    """With a ``prompt``, what queue-job would add for it; without, what it adds for any photograph."""

    model_type: ModelType = Field(default="sdxl", validation_alias=AliasChoices("modelType", "model_type"))
    content_mode: ContentMode = Field(
        default="sfw", validation_alias=AliasChoices("contentMode", "content_mode", "contentType")
    )
    prompt: str = Field(default="", max_length=PROMPT_CHARACTERS)


class NegativeGroup(ResponseModel):
    """A priority group and its terms. ``applies``: whether they are in ``baseNegativePrompt``."""

    group: int
    name: str
    negativePrompt: str
    applies: bool


class GetNegativePromptResponse(ResponseModel):
    success: Literal[True] = True
    baseNegativePrompt: str
    modelType: str
    contentMode: str
    groups: list[NegativeGroup]
