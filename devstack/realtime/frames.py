"""Messages on the wire, in both versions of Phoenix' protocol.

Source: https://supabase.com/docs/guides/realtime/protocol
"""

import json
from dataclasses import dataclass
from typing import Any, Final

# A broadcast may come as a binary frame: kind, five lengths, the payload's encoding, the texts, the payload.
_BROADCAST_PUSH: Final = 3
_JSON_ENCODING: Final = 1
_HEADER: Final = 7


class FrameError(Exception):
    """The frame cannot be read."""


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    event: str
    payload: Any
    ref: str | None = None
    join_ref: str | None = None
    """The ``ref`` of the join that opened the channel."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """``vsn`` is ``1.0.0`` (objects, supabase-py) or ``2.0.0`` (arrays, supabase-js)."""

    vsn: str

    def encode(self, message: Message) -> str:
        if self.vsn == "1.0.0":
            fields = {"topic": message.topic, "event": message.event, "payload": message.payload, "ref": message.ref}
            return json.dumps(fields)
        return json.dumps([message.join_ref, message.ref, message.topic, message.event, message.payload])

    def decode(self, frame: str | bytes) -> Message:
        """Raises ``FrameError``."""
        try:
            message = _binary_broadcast(frame) if isinstance(frame, bytes) else self._text(frame)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise FrameError("not a message of this protocol") from error
        if not isinstance(message.payload, dict):
            raise FrameError("a message's payload is an object")
        return message

    def _text(self, frame: str) -> Message:
        content = json.loads(frame)
        if self.vsn == "1.0.0":
            return Message(
                content["topic"], content["event"], content["payload"], content.get("ref"), content.get("join_ref")
            )
        join_ref, ref, topic, event, payload = content
        return Message(topic, event, payload, ref, join_ref)


def _binary_broadcast(frame: bytes) -> Message:
    kind, *lengths, encoding = frame[:_HEADER]
    if kind != _BROADCAST_PUSH or encoding != _JSON_ENCODING:
        raise FrameError("of the binary frames, only broadcasts of JSON are part of the local stack")
    texts, start = [], _HEADER
    for length in lengths:
        texts.append(frame[start : start + length].decode())
        start += length
    join_ref, ref, topic, event, _metadata = texts
    payload = {"type": "broadcast", "event": event, "payload": json.loads(frame[start:])}
    return Message(topic, "broadcast", payload, ref or None, join_ref or None)
