"""One turn: what the user says is stored, what the worker is asked follows from it, what it answers is stored."""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from functions.edge.clients import Clients
from functions.edge.errors import ApiError
from functions.edge.templates import system_prompt
from functions.edge.workers import WorkerFailed
from functions.playground_chat.schema import ContentTier, PlaygroundChatRequest, PlaygroundChatResponse
from shared.conversation import TEMPERATURE, TOKENS, TOP_P, TURN_CHARACTERS, ChatRequest, ChatTurn
from shared.errors import ErrorCode
from shared.worker_messages import ChatReply

CONTEXT_MESSAGES: Final = 12
SECONDS: Final = 45.0
LONG_SECONDS: Final = 90.0
_LONG_TOKENS: Final = 1536
KEPT: Final = "Your message is kept."
_BASE_WARNING: Final = "No Base model is configured: the Instruct model answered."

_REFUSALS: Final = {
    "no_account": (ErrorCode.UNAUTHENTICATED, "The account does not exist any more."),
    "not_found": (ErrorCode.NOT_FOUND, "No such conversation."),
    "conflict": (ErrorCode.CONFLICT, "Another message was sent under this id or Idempotency-Key."),
    "adult_not_verified": (ErrorCode.ADULT_NOT_VERIFIED, "Adult content needs a verified account."),
    "maintenance": (ErrorCode.MAINTENANCE, "Nothing is answered now: {message}"),
    "rate_limited": (ErrorCode.RATE_LIMITED, "You sent {limit} messages within a minute, which is the most."),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A message that is stored and not answered yet. ``worker_url`` is ``None`` where no worker is there."""

    request: PlaygroundChatRequest
    conversation_id: UUID
    message_id: UUID
    messages: list[ChatTurn]
    """As they go to the worker: the system prompt, what was said before, the user's message."""
    template_name: str | None
    worker_url: str | None
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long the worker may take."""
        return LONG_SECONDS if self.request.long_response else SECONDS

    @property
    def order(self) -> ChatRequest:
        request = self.request
        return ChatRequest(
            messages=self.messages,
            max_tokens=request.max_tokens or (_LONG_TOKENS if request.long_response else TOKENS),
            temperature=TEMPERATURE if request.temperature is None else request.temperature,
            top_p=TOP_P,
            seed=request.seed,
            stop=request.stop,
            content_mode=request.content_tier,
        )

    def failed(self, error: ApiError) -> ApiError:
        """The error, and that the message is kept, unless it is gone."""
        if error.code is ErrorCode.NOT_FOUND:
            return error
        where = f"conversation_id: {self.conversation_id}; message_id: {self.message_id}"
        details = where if error.details is None else f"{error.details}; {where}"
        return ApiError(error.code, f"{error.message} {KEPT}", details, error.retry_after)


def message_id(request: PlaygroundChatRequest, user_id: UUID, idempotency_key: str | None) -> UUID:
    """The client's own, or one that its ``Idempotency-Key`` stands for, or a new one."""
    if request.message_id is not None:
        return request.message_id
    return uuid4() if idempotency_key is None else uuid5(user_id, idempotency_key)


async def begin(
    clients: Clients, request: PlaygroundChatRequest, user_id: UUID, message: UUID
) -> Turn | PlaygroundChatResponse:
    """Store the message; the answer where this very message has one already. Raises ``ApiError``."""
    answer = await clients.database.call(
        "begin_turn",
        p_user_id=user_id,
        p_message_id=message,
        p_conversation_id=request.conversation_id,
        p_content=request.message,
        p_content_tier=request.content_tier,
        p_enhancer_model="qwen_instruct",
        p_context=CONTEXT_MESSAGES,
        p_project_id=request.project_id,
    )
    outcome = answer["outcome"]
    if outcome == "answered":
        return response(answer["message"], message)
    if outcome != "begun":
        code, text = _REFUSALS[outcome]
        raise ApiError(code, text.format_map(answer), retry_after=answer.get("retry_after"))
    template = answer["template"]
    said = [ChatTurn(role=turn["sender"], content=turn["content"][:TURN_CHARACTERS]) for turn in answer["turns"]]
    return Turn(
        request=request,
        conversation_id=UUID(answer["conversation_id"]),
        message_id=message,
        messages=[ChatTurn(role="system", content=system_prompt(template, request.system_prompt)), *said],
        template_name=template and template["template_name"],
        worker_url=answer["worker"] and answer["worker"]["url"],
    )


async def finish(clients: Clients, turn: Turn, reply: ChatReply) -> PlaygroundChatResponse:
    """Store the answer; the one that was stored before where there is one. Raises ``ApiError``."""
    if not reply.response.strip():
        raise WorkerFailed("it said nothing")
    is_another = turn.request.model_type == "qwen_base" and "base" not in reply.model_used.lower()
    told = reply.model_dump(exclude={"success", "response"})
    return await _store(clients, turn, reply.response, {**told, "warnings": [_BASE_WARNING] if is_another else []})


async def finish_cancelled(clients: Clients, turn: Turn, text: str) -> None:
    """Store what was said until nobody listened any more. Nobody is there to be told what fails."""
    with suppress(ApiError):
        seconds = round(time.monotonic() - turn.began, 3)
        await _store(clients, turn, text, {"generation_time": seconds, "finish_reason": "cancelled", "warnings": []})


async def _store(clients: Clients, turn: Turn, text: str, told: dict[str, Any]) -> PlaygroundChatResponse:
    metadata = {
        **told,
        "content_tier": turn.request.content_tier,
        "response_time_ms": round((time.monotonic() - turn.began) * 1000),
        "template_name": turn.template_name,
    }
    answer = await clients.database.call(
        "finish_turn", p_message_id=turn.message_id, p_content=text, p_metadata=metadata
    )
    if answer["outcome"] == "not_found":
        raise ApiError(ErrorCode.NOT_FOUND, "The conversation was deleted meanwhile.")
    return response(answer["message"], turn.message_id)


def response(row: dict[str, Any], message: UUID) -> PlaygroundChatResponse:
    """From the answer's row."""
    metadata = dict(row["metadata"])
    tier: ContentTier = metadata.pop("content_tier")
    return PlaygroundChatResponse(
        response=row["content"],
        conversation_id=row["conversation_id"],
        message_id=message,
        generation_time=metadata.pop("generation_time"),
        content_tier=tier,
        metadata={**metadata, "answer_id": row["id"]},
    )
