"""Changes for whoever listens: the slot is read while there are subscriptions, and only then."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import count
from typing import Any, Final, Protocol

import asyncpg

from devstack.realtime.caller import Caller
from devstack.realtime.changes import Subscription, judge
from devstack.realtime.filters import SubscriptionError, Wish
from devstack.realtime.slot import Slot
from devstack.realtime.tables import find_table, published

POLL_SECONDS: Final = 0.1
RECONNECT_SECONDS: Final = 1.0

_DOWN: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Unavailable(Exception):
    """The database does not answer."""


class Listener(Protocol):
    def tell(self, ids: list[int], data: dict[str, Any]) -> None:
        """A change that these of its subscriptions asked for."""


class Feed:
    """One slot for all listeners. What is committed while the database cannot be reached is lost, as hosted."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._lock = asyncio.Lock()
        self._slot: Slot | None = None
        self._listeners: dict[Subscription, Listener] = {}
        self._task: asyncio.Task[None] | None = None
        self._ids = count(1)

    def next_id(self) -> int:
        return next(self._ids)

    async def subscribe(
        self,
        listener: Listener,
        caller: Caller,
        wishes: Sequence[tuple[int, Wish]],
        replaced: Collection[Subscription] = (),
    ) -> list[Subscription]:
        """From what is committed next on; ``wishes`` have ids of ``next_id``. All of them, or none.

        Raises ``SubscriptionError`` or ``Unavailable``.
        """
        async with self._lock:
            try:
                slot = await self._opened()
                await self._tell(slot)
                subscriptions = [await _subscription(slot.connection, caller, id_, wish) for id_, wish in wishes]
            except _DOWN as error:
                self._abandon()
                raise Unavailable from error
            finally:
                if self._task is None:
                    self._task = asyncio.create_task(self._follow())
            self.unsubscribe(replaced)
            self._listeners.update(dict.fromkeys(subscriptions, listener))
            return subscriptions

    def unsubscribe(self, subscriptions: Collection[Subscription]) -> None:
        for subscription in subscriptions:
            self._listeners.pop(subscription, None)

    async def close(self) -> None:
        self._listeners.clear()
        if self._task is not None:
            await self._task

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            async with self._lock:
                if not self._listeners:
                    self._task = None
                    await self._close()
                    return
                try:
                    await self._tell(await self._opened())
                    continue
                except _DOWN as error:
                    print(f"realtime reads no changes: {type(error).__name__}: {error}", flush=True)
                    self._abandon()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _tell(self, slot: Slot) -> None:
        for change in await slot.changes():
            async for data, subscriptions in judge(slot.connection, change, list(self._listeners)):
                ids = defaultdict(list)
                for subscription in subscriptions:
                    # One that left while the database was asked is no longer there.
                    if subscription in self._listeners:
                        ids[self._listeners[subscription]].append(subscription.id)
                for listener, own in ids.items():
                    listener.tell(own, data)

    async def _opened(self) -> Slot:
        if self._slot is None:
            self._slot = await Slot.open(self._database_url)
        return self._slot

    async def _close(self) -> None:
        if self._slot is not None:
            await self._slot.close()
            self._slot = None

    def _abandon(self) -> None:
        if self._slot is not None:
            self._slot.abandon()
            self._slot = None


async def _subscription(connection: asyncpg.Connection, caller: Caller, id_: int, wish: Wish) -> Subscription:
    tables = await published(connection, wish)
    if not tables:
        raise SubscriptionError(
            "Unable to subscribe to changes with given parameters."
            f" Please check Realtime is enabled for the given connect parameters: [{wish}]"
        )
    if wish.filter is not None:
        for oid in tables:
            await _check_filter(connection, caller, oid, wish)
    return Subscription(id_, caller, wish.event, tables, wish.filter)


async def _check_filter(connection: asyncpg.Connection, caller: Caller, oid: int, wish: Wish) -> None:
    """A column that the caller may not see cannot be asked about, and its value has to be one of its type."""
    assert wish.filter is not None
    table = await find_table(connection, oid, caller.role)
    column = table.column(wish.filter.column) if table else None
    problem = f"invalid column for filter {wish.filter.column}"
    if column is not None:
        try:
            await connection.fetchval(f"select {wish.filter.condition(column.cast_to)}", None, wish.filter.value)
            return
        except (asyncpg.DataError, asyncpg.SyntaxOrAccessError) as error:
            problem = str(error)
    raise SubscriptionError(
        "Unable to subscribe to changes with given parameters. An exception happened so please check your connect"
        f" parameters: [{wish}]. Exception: {problem}"
    )
