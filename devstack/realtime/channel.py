"""One topic that one client joined."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from devstack.realtime.caller import Caller
from devstack.realtime.changes import Subscription
from devstack.realtime.feed import Feed
from devstack.realtime.filters import SubscriptionError, Wish
from devstack.realtime.frames import Message

PREFIX: Final = "realtime:"


class Socket(Protocol):
    def send(self, message: Message) -> None:
        """In order; waits for nothing."""


@dataclass(slots=True, eq=False)
class Channel:
    """``entries`` are the join's ``postgres_changes`` as the client wrote them, with their ids."""

    socket: Socket
    feed: Feed
    topic: str
    join_ref: str | None
    entries: Sequence[dict[str, Any]]
    hears_itself: bool
    acknowledges: bool
    subscriptions: list[Subscription] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None

    def push(self, event: str, payload: dict[str, Any]) -> None:
        self.socket.send(Message(self.topic, event, payload, None, self.join_ref))

    def tell(self, ids: list[int], data: dict[str, Any]) -> None:
        self.push("postgres_changes", {"ids": ids, "data": data})

    def say(self, extension: str, status: str, message: str) -> None:
        channel = self.topic.removeprefix(PREFIX)
        self.push("system", {"extension": extension, "status": status, "message": message, "channel": channel})

    async def listen(self, caller: Caller, on_expiry: Callable[[], None]) -> SubscriptionError | None:
        """Subscribe, or subscribe anew, as this caller. A refused subscription leaves the channel joined.

        Raises ``Unavailable``.
        """
        refusal = None
        if self.entries:
            try:
                wishes = [(entry["id"], Wish.parse(entry)) for entry in self.entries]
                self.subscriptions = await self.feed.subscribe(self, caller, wishes, replaced=self.subscriptions)
            except SubscriptionError as error:
                self.feed.unsubscribe(self.subscriptions)
                refusal = error
        self._watch(caller, on_expiry)
        return refusal

    def report(self, error: SubscriptionError | None) -> None:
        """What became of the subscription."""
        if self.entries:
            status, message = ("error", str(error)) if error else ("ok", "Subscribed to PostgreSQL")
            self.say("postgres_changes", status, message)

    def end(self) -> None:
        self.feed.unsubscribe(self.subscriptions)
        if self.timer is not None:
            self.timer.cancel()

    def close(self) -> None:
        """Ended by the server; clients know by the join's ref which of their channels is meant."""
        self.end()
        self.socket.send(Message(self.topic, "phx_close", {}, self.join_ref, self.join_ref))

    def _watch(self, caller: Caller, on_expiry: Callable[[], None]) -> None:
        if self.timer is not None:
            self.timer.cancel()
        loop = asyncio.get_running_loop()
        self.timer = loop.call_later(caller.seconds_left, on_expiry)
