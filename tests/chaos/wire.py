"""The wire: every HTTP call between client, functions, workers, Redis and the project passes here, or does not."""

import asyncio
import base64
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

import aiohttp
from aiohttp import web

from devstack.ports import HOST
from tests.chaos.calls import Call, Upstream, read_call
from tests.chaos.plan import Fault, Kind
from tests.chaos.records import Exchange, Records, now

IDLE_SECONDS: Final = 0.5
"""A worker that asks an empty queue would ask it twenty times in this time."""

_HOP: Final = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding"})


class Broken(Exception):
    """The connection breaks here: the sender gets no answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    content_type: str
    body: bytes


class Causes(Protocol):
    """What faults do beside the message itself."""

    async def strike(self, fault: Fault, call: Call) -> None: ...

    async def until_overtaken(self, call: Call) -> None:
        """Returns when another attempt has completed the call's job, or after a while."""

    def functions_port(self) -> int | None:
        """Of a process that is alive; ``None`` when all are down."""

    async def list_length(self) -> int: ...

    def put_back(self, element: bytes, *, late: bool) -> None: ...


class Wire:
    """One port. ``faults`` and ``records`` are those of the run that is on."""

    def __init__(self, project_port: int, redis_port: int) -> None:
        self._ports: dict[Upstream, int] = {"project": project_port, "redis": redis_port}
        self.causes: Causes
        self.port = 0
        self.records = Records()
        self._faults: list[Fault] = []
        self._passed: Counter[str] = Counter()
        self._pushing = 0
        self.under_way = 0
        self.moved_at = 0.0
        """When something other than an idle worker's question passed last; monotonic seconds."""
        self.idle: Counter[str] = Counter()
        """Workers that have asked an empty queue and wait for the answer."""
        self._pushed = asyncio.Event()

    def begin(self, faults: tuple[Fault, ...]) -> Records:
        self._faults = list(faults)
        self._passed.clear()
        self.records = Records()
        return self.records

    def calm(self) -> None:
        """No more faults: those that nothing has met yet never happen."""
        self._faults.clear()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Self]:
        connector = aiohttp.TCPConnector(limit=0)
        # Postgres, Redis and the functions have their own limits; this one only keeps a run from hanging.
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(60)) as self._session:
            runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=0.1)
            await runner.setup()
            site = web.TCPSite(runner, HOST, 0)
            await site.start()
            self.port = runner.addresses[0][1]
            try:
                yield self
            finally:
                await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        call = read_call(
            request.method, request.raw_path, {name.lower(): value for name, value in request.headers.items()}, body
        )
        try:
            reply = await (self._take(call) if call.step == "take" else self._pass(call))
        except Broken:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return web.Response(status=reply.status, body=reply.body, headers={"content-type": reply.content_type})

    async def _pass(self, call: Call) -> Reply:
        self.moved_at = time.monotonic()
        self.under_way += 1
        try:
            faults = self._due(call)
            await self._strike(faults, call, "before")
            kinds = {fault.kind for fault in faults}
            if Kind.LOSE_REQUEST in kinds:
                raise Broken
            if Kind.REFUSE in kinds:
                return Reply(503, "application/json", b'{"error": "refused by the wire", "retryable": true}')
            if Kind.DOUBLE in kinds:
                self.records.injected += call.elements
                replies = await asyncio.gather(self._forward(call), self._forward(call), return_exceptions=True)
                reply = next((reply for reply in replies if isinstance(reply, Reply)), None)
                if reply is None:
                    raise Broken
            else:
                reply = await self._forward(call, held=Kind.HOLD_UPLOAD in kinds)
            await self._strike(faults, call, "after")
            if Kind.LOSE_REPLY in kinds:
                raise Broken
            return reply
        finally:
            self.under_way -= 1
            self.moved_at = time.monotonic()

    async def _take(self, call: Call) -> Reply:
        """Only what a worker gets counts as a passing. Where there is nothing the answer waits for the next push."""
        reply = await self._forward(call)
        assert call.sender is not None
        try:
            # The client asks for values in base64.
            element = base64.b64decode(json.loads(reply.body)["result"][1][0])
        except (ValueError, KeyError, TypeError):
            self.idle[call.sender] += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._pushed.wait(), IDLE_SECONDS)
            self.idle[call.sender] -= 1
            return reply
        self.moved_at = time.monotonic()
        faults = self._due(call)
        await self._strike(faults, call, "before")
        await self._strike(faults, call, "after")
        kinds = {fault.kind for fault in faults}
        if Kind.DELIVER_TWICE in kinds or Kind.DELIVER_LATE in kinds:
            self.records.injected += 1
            self.causes.put_back(element, late=Kind.DELIVER_LATE in kinds)
        if kinds & {Kind.LOSE_REPLY, Kind.REFUSE}:
            raise Broken
        if Kind.DELIVER_LATE in kinds:
            return Reply(200, "application/json", b'{"result": null}')
        return reply

    def _due(self, call: Call) -> list[Fault]:
        self._passed[call.step] += 1
        due = [fault for fault in self._faults if fault.step == call.step and fault.nth == self._passed[call.step]]
        for fault in due:
            self._faults.remove(fault)
            self.records.hits[fault.kind] += 1
            self.records.steps[fault.step] += 1
        return due

    async def _strike(self, faults: list[Fault], call: Call, moment: str) -> None:
        for fault in faults:
            if fault.moment == moment:
                await self.causes.strike(fault, call)

    async def _forward(self, call: Call, *, held: bool = False) -> Reply:
        port = self.causes.functions_port() if call.upstream == "functions" else self._ports[call.upstream]
        if port is None:
            raise Broken
        headers = {name: value for name, value in call.headers.items() if name not in _HOP}
        data: Any = self._in_two_parts(call) if held else call.body
        self._pushing += call.elements
        self.records.most_pushes = max(self.records.most_pushes, self._pushing)
        sent_at = self.records.send(call)
        try:
            async with self._session.request(
                call.method, f"http://{HOST}:{port}{call.path}", data=data, headers=headers, allow_redirects=False
            ) as answer:
                reply = Reply(answer.status, answer.headers.get("content-type", ""), await answer.read())
            if call.step in ("push", "rewrite"):
                self.wake_the_idle()
                self.records.longest_list = max(self.records.longest_list, await self.causes.list_length())
        except aiohttp.ClientError:
            raise Broken from None
        finally:
            self._pushing -= call.elements
        self.records.add(Exchange(call, sent_at, now(), reply.status, reply.body))
        return reply

    def wake_the_idle(self) -> None:
        self._pushed.set()
        self._pushed = asyncio.Event()

    async def _in_two_parts(self, call: Call) -> AsyncIterator[bytes]:
        half = len(call.body) // 2
        yield call.body[:half]
        await self.causes.until_overtaken(call)
        yield call.body[half:]
