"""Request and response of playground-chat."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AliasChoices, Field, field_validator

from functions.edge.schema import Flag, RequestModel, ResponseModel
from shared.bounds import SEED_LIMIT, SYSTEM_PROMPT_CHARACTERS
from shared.conversation import MAX_TOKENS, STOPS, StopText

MESSAGE_CHARACTERS = 4000
ContentTier = Literal["sfw", "nsfw"]


class PlaygroundChatRequest(RequestModel):
    """``message_id`` may be drawn by the client, so that it can ask again without saying it twice. The answer ends
    before the first of the texts in ``stop``.
    """

    message: Annotated[str, Field(max_length=MESSAGE_CHARACTERS)]
    conversation_id: UUID | None = Field(
        default=None, validation_alias=AliasChoices("conversation_id", "conversationId")
    )
    message_id: UUID | None = Field(default=None, validation_alias=AliasChoices("message_id", "messageId"))
    project_id: UUID | None = Field(default=None, validation_alias=AliasChoices("project_id", "projectId"))
    model_type: Literal["qwen_instruct", "qwen_base"] = "qwen_instruct"
    content_tier: ContentTier = Field(
        default="sfw", validation_alias=AliasChoices("content_tier", "content_mode", "contentType")
    )
    system_prompt: Annotated[str, Field(max_length=SYSTEM_PROMPT_CHARACTERS)] | None = None
    long_response: Flag = False
    stream: Flag = False
    temperature: Annotated[float, Field(strict=True, ge=0, le=2)] | None = None
    max_tokens: Annotated[int, Field(strict=True, ge=1, le=MAX_TOKENS)] | None = None
    seed: Annotated[int, Field(strict=True, ge=0, lt=SEED_LIMIT)] | None = None
    stop: Annotated[list[StopText], Field(max_length=STOPS)] = Field(default_factory=list)

    @field_validator("message")
    @classmethod
    def _says_something(cls, message: str) -> str:
        if not message.strip():
            raise ValueError(f"is empty: 1 to {MESSAGE_CHARACTERS} characters")
        return message


class PlaygroundChatResponse(ResponseModel):
    """``message_id`` is the user's message. ``generation_time`` is in seconds, as the worker measured it.

    ``metadata``: ``model_used, response_time_ms, tokens_generated, finish_reason`` (``length``: cut by ``max_tokens``;
    ``cancelled``: nobody listened any more), ``prompt_tokens, turns_left_out, seed, template_name, warnings`` and the
    answer's own ``answer_id``.
    """

    success: Literal[True] = True
    response: str
    conversation_id: UUID
    message_id: UUID
    generation_time: float
    content_tier: ContentTier
    metadata: dict[str, Any]
