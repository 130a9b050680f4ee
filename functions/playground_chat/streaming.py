"""An answer as it is said: judged before it is shown, stored when it is whole or when nobody listens any more."""

from collections.abc import AsyncGenerator
from typing import Any, Final

from functions.edge.clients import Clients
from functions.edge.errors import ApiError, error_body
from functions.edge.events import event
from functions.playground_chat.content import check_scene
from functions.playground_chat.schema import PlaygroundChatResponse
from functions.playground_chat.turn import Turn, finish, finish_cancelled
from shared.worker_messages import ChatReply

HELD_BACK: Final = 120
"""Characters that are judged together, with all before them."""

Pieces = AsyncGenerator[str | ChatReply]


class Answer:
    """``pieces`` are what ``Workers.stream_chat`` gives."""

    def __init__(self, clients: Clients, turn: Turn, pieces: Pieces) -> None:
        self._clients = clients
        self._turn = turn
        self._judged = _judged(turn, pieces)
        self._next: str | ChatReply = ""
        self._shown = ""

    async def begin(self) -> None:
        """Wait for the first words, so that whatever fails before them has a status of its own. Raises ``ApiError``."""
        self._next = await anext(self._judged)

    async def events(self, request_id: str) -> AsyncGenerator[str]:
        """``start``, pieces without a name, then ``done`` with the whole response, or ``error``."""
        is_over = False
        try:
            yield event(_where(self._turn), "start")
            while isinstance(self._next, str):
                self._shown += self._next
                yield event({"delta": self._next})
                self._next = await anext(self._judged)
            response = await finish(self._clients, self._turn, self._next)
            is_over = True
            yield event(response.model_dump(mode="json"), "done")
        except ApiError as error:
            is_over = True
            yield event(error_body(self._turn.failed(error), request_id), "error")
        finally:
            if not is_over and self._shown:
                # Whoever was listening is gone, and with them this task.
                self._clients.in_background(finish_cancelled(self._clients, self._turn, self._shown))
            await self._judged.aclose()


async def told_again(response: PlaygroundChatResponse) -> AsyncGenerator[str]:
    """The events of an answer that is stored."""
    where = response.model_dump(mode="json", include={"conversation_id", "message_id"})
    yield event(where, "start")
    yield event({"delta": response.response})
    yield event(response.model_dump(mode="json"), "done")


async def _judged(turn: Turn, pieces: Pieces) -> Pieces:
    said = held = ""
    try:
        async for piece in pieces:
            is_end = isinstance(piece, ChatReply)
            if isinstance(piece, str):
                said += piece
                held += piece
            if held and (is_end or len(held) >= HELD_BACK):
                await check_scene(turn, said)
                yield held
                held = ""
            if is_end:
                yield piece
    finally:
        await pieces.aclose()


def _where(turn: Turn) -> dict[str, Any]:
    return {"conversation_id": str(turn.conversation_id), "message_id": str(turn.message_id)}
