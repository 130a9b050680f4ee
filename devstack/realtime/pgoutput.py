"""Changes out of the messages of PostgreSQL's own output plugin, ``pgoutput``, protocol version 1.

Source: https://www.postgresql.org/docs/17/protocol-logicalrep-message-formats.html
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Row = dict[str, str | None]
"""Values in PostgreSQL's text form. A large value that an update did not touch is not told, so it is missing."""

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_IS_KEY: Final = 1


@dataclass(frozen=True, slots=True)
class Change:
    """One row that a committed transaction wrote."""

    action: str
    oid: int
    schema: str
    table: str
    committed_at: datetime
    new: Row | None
    old: Row | None
    """The replica identity's columns: the whole row where that is full. Not told where an update left them alone."""


@dataclass(frozen=True, slots=True)
class _Relation:
    schema: str
    table: str
    columns: list[tuple[str, bool]]
    """Name, and whether it is part of the replica identity."""


@dataclass(slots=True)
class _Reader:
    data: bytes
    at: int = 0

    def number(self, form: str) -> Any:
        (value,) = struct.unpack_from(f"!{form}", self.data, self.at)
        self.at += struct.calcsize(f"!{form}")
        return value

    def letter(self) -> str:
        return chr(self.number("B"))

    def text(self) -> str:
        end = self.data.index(b"\0", self.at)
        value = self.data[self.at : end].decode()
        self.at = end + 1
        return value

    def sized_text(self) -> str:
        size = self.number("i")
        self.at += size
        return self.data[self.at - size : self.at].decode()

    def row(self, relation: _Relation, *, only_key: bool = False) -> Row:
        row: Row = {}
        self.number("h")
        for name, is_key in relation.columns:
            kind = self.letter()
            value = self.sized_text() if kind == "t" else None
            if kind != "u" and (is_key or not only_key):
                row[name] = value
        return row


@dataclass(slots=True)
class Decoder:
    """Reads the messages of one call of the slot; each call describes its tables anew."""

    relations: dict[int, _Relation] = field(default_factory=dict)
    committed_at: datetime = _EPOCH

    def changes(self, messages: Iterable[bytes]) -> Iterator[Change]:
        for message in messages:
            reader = _Reader(message)
            match reader.letter():
                case "B":
                    reader.number("q")
                    self.committed_at = _EPOCH + timedelta(microseconds=reader.number("q"))
                case "R":
                    self._describe(reader)
                case "I":
                    yield self._change("INSERT", reader)
                case "U":
                    yield self._change("UPDATE", reader)
                case "D":
                    yield self._change("DELETE", reader)

    def _describe(self, reader: _Reader) -> None:
        oid, schema, table = reader.number("I"), reader.text(), reader.text()
        reader.letter()
        columns = []
        for _ in range(reader.number("h")):
            is_key = bool(reader.number("B") & _IS_KEY)
            columns.append((reader.text(), is_key))
            reader.number("I")
            reader.number("i")
        self.relations[oid] = _Relation(schema, table, columns)

    def _change(self, action: str, reader: _Reader) -> Change:
        oid = reader.number("I")
        relation = self.relations[oid]
        old = new = None
        part = reader.letter()
        if part in "KO":
            old = reader.row(relation, only_key=part == "K")
            part = reader.letter() if action == "UPDATE" else ""
        if part == "N":
            new = reader.row(relation)
        return Change(action, oid, relation.schema, relation.table, self.committed_at, new, old)
