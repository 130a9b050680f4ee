"""The cheapest HTTP client there is for one purpose: prepared bytes out over a kept connection, the answer in."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> Any:
        """The body of a 200. Raises ``ValueError`` with anything else that came."""
        if self.status != 200:
            raise ValueError(f"{self.status}: {self.body.decode(errors='replace')}")
        return json.loads(self.body)


class Connection:
    """One connection to one server, for one request at a time. It reads answers with a ``Content-Length`` only."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[Self]:
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()
            await writer.wait_closed()

    async def send(self, request: bytes) -> Answer:
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        _, _, rest = head.partition(b"\r\ncontent-length: ")
        length = int(rest[: rest.index(b"\r\n")])
        return Answer(status, await self._reader.readexactly(length))


def post(url: str, body: object, headers: Mapping[str, str]) -> bytes:
    """A request, ready to be sent."""
    parts = urlsplit(url)
    content = json.dumps(body).encode()
    lines = [
        f"POST {parts.path or '/'} HTTP/1.1",
        f"host: {parts.netloc}",
        "content-type: application/json",
        f"content-length: {len(content)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + content
