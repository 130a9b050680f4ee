"""HTTP in and out of playground-chat: store what is said, ask a worker, store what it answers."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from functions.edge.auth import UserCaller
from functions.edge.clients import Clients, ClientsDep
from functions.edge.errors import ApiError
from functions.edge.events import EventStream
from functions.edge.openapi import refused
from functions.edge.schema import IdempotencyKey
from functions.playground_chat.content import check_request, check_scene
from functions.playground_chat.schema import PlaygroundChatRequest, PlaygroundChatResponse
from functions.playground_chat.streaming import Answer, told_again
from functions.playground_chat.turn import Turn, begin, finish, message_id
from shared.errors import ErrorCode

router = APIRouter()

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/event-stream": {}}},
    **refused(
        ErrorCode.NOT_FOUND,
        ErrorCode.CONFLICT,
        ErrorCode.ADULT_NOT_VERIFIED,
        ErrorCode.CONTENT_POLICY,
        ErrorCode.RATE_LIMITED,
        ErrorCode.MAINTENANCE,
        ErrorCode.NO_WORKER,
        ErrorCode.WORKER_FAILED,
        ErrorCode.WORKER_TIMEOUT,
    ),
}


@router.post("/playground-chat", response_model=PlaygroundChatResponse, responses=_ANSWERS)
async def playground_chat(
    request: PlaygroundChatRequest,
    caller: UserCaller,
    clients: ClientsDep,
    http_request: Request,
    idempotency_key: IdempotencyKey = None,
) -> PlaygroundChatResponse | Response:
    """The answer, whole or as it is said. The same message again, once answered, gets the same answer."""
    await check_request(request, clients.settings.adult_content)
    turn = await begin(clients, request, caller.user, message_id(request, caller.user, idempotency_key))
    if isinstance(turn, PlaygroundChatResponse):
        return EventStream(told_again(turn)) if request.stream else turn
    try:
        await check_scene(turn)
        if request.stream:
            answer = Answer(clients, turn, clients.workers.stream_chat(_worker(turn), turn.order, turn.seconds))
            await answer.begin()
            return EventStream(answer.events(http_request.state.request_id))
        return await _whole(clients, turn)
    except ApiError as error:
        raise turn.failed(error) from None


async def _whole(clients: Clients, turn: Turn) -> PlaygroundChatResponse:
    reply = await clients.workers.chat(_worker(turn), turn.order, turn.seconds)
    await check_scene(turn, reply.response)
    return await finish(clients, turn, reply)


def _worker(turn: Turn) -> str:
    if turn.worker_url is None:
        raise ApiError(ErrorCode.NO_WORKER, "No chat worker is there now.")
    return turn.worker_url
