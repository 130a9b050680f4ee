"""Who may see a change, and as what: what ``realtime.apply_rls`` decides in a hosted project.

Inserts and updates reach whoever may select the row now. Deletes reach every subscriber of the table whose filter fits,
because a row that is gone cannot be asked about; where policies protect the table they tell the primary key alone. A
filter sees the replica identity only, so that one on another column fits no delete unless the identity is full.
Source: https://supabase.com/docs/guides/realtime/postgres-changes, https://github.com/supabase/walrus

Not here: rows over 1 MiB, which the hosted service cuts short ("Error 413: Payload Too Large").
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from devstack.realtime.caller import Caller
from devstack.realtime.filters import ANY, Filter
from devstack.realtime.pgoutput import Change, Row
from devstack.realtime.tables import Table, find_table, to_json

_BECOME: Final = "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)"


@dataclass(frozen=True, slots=True, eq=False)
class Subscription:
    """One entry of one channel's ``postgres_changes``."""

    id: int
    caller: Caller
    event: str
    tables: frozenset[int]
    filter: Filter | None

    def listens_to(self, change: Change) -> bool:
        return change.oid in self.tables and self.event in (change.action, ANY)


async def judge(
    connection: asyncpg.Connection, change: Change, subscriptions: Sequence[Subscription]
) -> AsyncIterator[tuple[dict[str, Any], list[Subscription]]]:
    """What is sent, and to whom; roles may see different columns."""
    listening = [subscription for subscription in subscriptions if subscription.listens_to(change)]
    for role in sorted({subscription.caller.role for subscription in listening}):
        table = await find_table(connection, change.oid, role)
        if table is None:
            return
        of_role = [subscription for subscription in listening if subscription.caller.role == role]
        error = _error(table, change)
        if error is not None:
            yield {**_head(table, change), "errors": [error]}, of_role
            continue
        seeing = [one for one in of_role if await _may_see(connection, table, change, one)]
        if seeing:
            yield await _body(connection, table, change), seeing


def _error(table: Table, change: Change) -> str | None:
    if change.action == "DELETE":
        return None
    if not table.key:
        return "Error 400: Bad Request, no primary key"
    if not all(column.is_selectable for column in table.key):
        return "Error 401: Unauthorized"
    return None


async def _may_see(connection: asyncpg.Connection, table: Table, change: Change, subscription: Subscription) -> bool:
    if subscription.filter is not None and not await _fits(connection, table, change, subscription.filter):
        return False
    if change.action == "DELETE" or not table.has_policies:
        return True
    return await _may_select(connection, table, _current(change), subscription.caller)


async def _fits(connection: asyncpg.Connection, table: Table, change: Change, condition: Filter) -> bool:
    row = change.old or {} if change.action == "DELETE" else _current(change)
    column = table.column(condition.column)
    if column is None or condition.column not in row:
        return False
    sql = f"select {condition.condition(column.cast_to)}"
    return bool(await connection.fetchval(sql, row[condition.column], condition.value))


async def _may_select(connection: asyncpg.Connection, table: Table, row: Row, caller: Caller) -> bool:
    key = " and ".join(
        f"{column.quoted} = ${number}::text::{column.cast_to}" for number, column in enumerate(table.key, 1)
    )
    async with connection.transaction():
        await connection.execute(_BECOME, caller.role, caller.claims)
        sql = f"select exists (select from {table.quoted} where {key})"
        return bool(await connection.fetchval(sql, *(row[column.name] for column in table.key)))


def _current(change: Change) -> Row:
    """What an update did not touch and did not tell is known where the replica identity is full."""
    return {**(change.old or {}), **(change.new or {})}


def _head(table: Table, change: Change) -> dict[str, Any]:
    return {
        "schema": change.schema,
        "table": change.table,
        "type": change.action,
        "commit_timestamp": change.committed_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "columns": [{"name": column.name, "type": column.type} for column in table.columns if column.is_selectable],
        "errors": None,
    }


async def _body(connection: asyncpg.Connection, table: Table, change: Change) -> dict[str, Any]:
    body = _head(table, change)
    if change.action != "DELETE":
        body["record"] = await to_json(connection, table, _current(change))
    if change.action != "INSERT":
        body["old_record"] = await to_json(connection, table, _identity(table, change))
    return body


def _identity(table: Table, change: Change) -> Row:
    key = {column.name for column in table.key}
    if change.old is None or (change.action == "DELETE" and table.has_policies):
        return {name: value for name, value in (change.old or change.new or {}).items() if name in key}
    return change.old
