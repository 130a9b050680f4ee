"""One client's websocket: what it says, and what it is told."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from devstack.keys import Keys
from devstack.realtime.caller import Caller, TokenError
from devstack.realtime.channel import PREFIX, Channel
from devstack.realtime.feed import Feed, Unavailable
from devstack.realtime.frames import FrameError, Message, Protocol

UNREADABLE: Final = 1007
"""Close code for a frame that is no message."""

_NO_PRESENCE: Final = "Presence is not part of the local stack"


@dataclass(slots=True)
class Realtime:
    """What all sockets share."""

    keys: Keys
    feed: Feed
    channels: set[Channel] = field(default_factory=set)


class Socket:
    """``token`` is the API key's own: what a channel is joined with that brings no other."""

    def __init__(self, realtime: Realtime, websocket: WebSocket, protocol: Protocol, token: str) -> None:
        self._realtime = realtime
        self._websocket = websocket
        self._protocol = protocol
        self._token = token
        self._channels: dict[str, Channel] = {}
        self._outbox: asyncio.Queue[str] = asyncio.Queue()

    async def serve(self) -> None:
        """Until the client is gone."""
        # A client that reads slowly must not hold up the others: nothing but this task waits for it.
        writer = asyncio.create_task(self._write())
        try:
            with suppress(WebSocketDisconnect):
                while True:
                    await self._hear(self._protocol.decode(await self._receive()))
        except FrameError as error:
            await self._websocket.close(UNREADABLE, str(error))
        finally:
            writer.cancel()
            for topic in list(self._channels):
                self._forget(topic)

    def send(self, message: Message) -> None:
        self._outbox.put_nowait(self._protocol.encode(message))

    async def _receive(self) -> str | bytes:
        event = await self._websocket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005))
        content: str | bytes = event.get("text") or event.get("bytes") or b""
        return content

    async def _write(self) -> None:
        with suppress(WebSocketDisconnect):
            while True:
                await self._websocket.send_text(await self._outbox.get())

    async def _hear(self, message: Message) -> None:
        channel = self._channels.get(message.topic)
        match message.event:
            case "heartbeat":
                self._reply(message, "ok", {})
            case "phx_join":
                await self._join(message)
            case _ if channel is None:
                self._reply(message, "error", {"reason": "unmatched topic"})
            case "phx_leave":
                self._reply(message, "ok", {})
                self._forget(message.topic)
                channel.close()
            case "access_token":
                await self._renew(channel, message.payload.get("access_token"))
            case "broadcast":
                self._broadcast(channel, message)
            case "presence":
                self._reply(message, "error", {"reason": _NO_PRESENCE})

    async def _join(self, message: Message) -> None:
        if message.topic in self._channels:
            self._forget(message.topic).close()
        config = message.payload.get("config") or {}
        problem = _unsupported(message.topic, config)
        if problem is not None:
            self._reply(message, "error", {"reason": problem})
            return
        broadcast = config.get("broadcast") or {}
        entries = [{**entry, "id": self._realtime.feed.next_id()} for entry in config.get("postgres_changes") or []]
        channel = Channel(
            self,
            self._realtime.feed,
            message.topic,
            message.join_ref or message.ref,
            entries,
            hears_itself=bool(broadcast.get("self")),
            acknowledges=bool(broadcast.get("ack")),
        )
        try:
            caller = self._caller(message.payload.get("access_token"))
            error = await channel.listen(caller, lambda: self._shut(channel, "Token has expired"))
        except TokenError as refusal:
            self._reply(message, "error", {"reason": f"{refusal.code}: {refusal.message}"})
            return
        except Unavailable:
            reason = "UnableToConnectToProject: Realtime was unable to connect to the project database"
            self._reply(message, "error", {"reason": reason})
            return
        self._channels[message.topic] = channel
        self._realtime.channels.add(channel)
        self._reply(message, "ok", {"postgres_changes": entries})
        channel.report(error)

    async def _renew(self, channel: Channel, token: str | None) -> None:
        """Clients send their new token after each refresh; an API key or nothing changes nothing."""
        if token is None or token.startswith("sb_"):
            return
        try:
            caller = self._caller(token)
            channel.report(await channel.listen(caller, lambda: self._shut(channel, "Token has expired")))
        except TokenError as refusal:
            self._shut(channel, refusal.message)
        except Unavailable:
            self._shut(channel, "Realtime was unable to connect to the project database")

    def _caller(self, token: str | None) -> Caller:
        own = self._token if not token or token.startswith("sb_") else token
        return Caller.from_token(own, self._realtime.keys)

    def _broadcast(self, channel: Channel, message: Message) -> None:
        for other in self._realtime.channels:
            if other.topic == channel.topic and (other is not channel or channel.hears_itself):
                other.push("broadcast", message.payload)
        if channel.acknowledges:
            self._reply(message, "ok", {})

    def _shut(self, channel: Channel, reason: str) -> None:
        channel.say("system", "error", reason)
        self._forget(channel.topic)
        channel.close()

    def _forget(self, topic: str) -> Channel:
        channel = self._channels.pop(topic)
        channel.end()
        self._realtime.channels.discard(channel)
        return channel

    def _reply(self, message: Message, status: str, response: dict[str, Any]) -> None:
        payload = {"status": status, "response": response}
        self.send(Message(message.topic, "phx_reply", payload, message.ref, message.join_ref))


def _unsupported(topic: str, config: dict[str, Any]) -> str | None:
    name = topic.removeprefix(PREFIX)
    if name in ("", topic):
        return "TopicNameRequired: You must provide a topic name"
    if config.get("private"):
        # What a hosted project says that has no policies on realtime.messages.
        return f"Unauthorized: You do not have permissions to read from this Channel topic: {name}"
    if (config.get("presence") or {}).get("enabled"):
        return _NO_PRESENCE
    return None
