"""A TCP relay to PostgreSQL whose connections can be cut: its client hears nothing more, and the server may commit."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Self

from devstack.ports import HOST


class Relay:
    """Listens on ``port`` and carries every connection to ``upstream``."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._open: set[StreamWriter] = set()
        self.port = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Self]:
        server = await asyncio.start_server(self._carry, HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()

    def cut(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._open.add(writer)
        with suppress(OSError):
            up_reader, up_writer = await asyncio.open_connection(HOST, self._upstream)
            try:
                await asyncio.gather(_pump(reader, up_writer), _pump(up_reader, writer))
            finally:
                up_writer.close()
        self._open.discard(writer)
        writer.close()


async def _pump(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(OSError):
        writer.close()
