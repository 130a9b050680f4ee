"""What the catalog says of a published table, and values of its types."""

import json
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from devstack.realtime.filters import ANY, Wish
from devstack.realtime.pgoutput import Row

PUBLICATION: Final = "supabase_realtime"

_PUBLISHED: Final = f"""
    select format('%I.%I', schemaname, tablename)::regclass::oid from pg_publication_tables
    where pubname = '{PUBLICATION}'
        and $1::text in (schemaname::text, '{ANY}') and $2::text in (tablename::text, '{ANY}')
"""

_COLUMNS: Final = """
    select a.attname as name, quote_ident(a.attname) as quoted, t.typname as type, format_type(t.oid, null) as cast_to,
        coalesce(a.attnum = any(i.indkey), false) as is_key,
        has_column_privilege($2::name, a.attrelid, a.attname, 'select') as is_selectable,
        c.relrowsecurity as has_policies, a.attrelid::regclass::text as quoted_table
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_type t on t.oid = a.atttypid
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
    order by a.attnum
"""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    quoted: str
    type: str
    cast_to: str
    is_key: bool
    is_selectable: bool


@dataclass(frozen=True, slots=True)
class Table:
    """As one role sees it."""

    quoted: str
    has_policies: bool
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.is_key)

    def column(self, name: str) -> Column | None:
        """One that the role may select."""
        return next((column for column in self.columns if column.name == name and column.is_selectable), None)


async def published(connection: asyncpg.Connection, wish: Wish) -> frozenset[int]:
    """The tables' oids; empty where none of these is published."""
    return frozenset(row[0] for row in await connection.fetch(_PUBLISHED, wish.schema, wish.table))


async def find_table(connection: asyncpg.Connection, oid: int, role: str) -> Table | None:
    """``None`` where the table was dropped meanwhile."""
    rows = await connection.fetch(_COLUMNS, oid, role)
    if not rows:
        return None
    names = ("name", "quoted", "type", "cast_to", "is_key", "is_selectable")
    columns = tuple(Column(*(row[name] for name in names)) for row in rows)
    return Table(rows[0]["quoted_table"], rows[0]["has_policies"], columns)


async def to_json(connection: asyncpg.Connection, table: Table, row: Row) -> dict[str, Any]:
    """The values that the role may select, as PostgREST would write them."""
    columns = [column for column in table.columns if column.is_selectable and column.name in row]
    fields = ", ".join(
        f"${number}::text::{column.cast_to} as {column.quoted}" for number, column in enumerate(columns, 1)
    )
    text = await connection.fetchval(
        f"select to_jsonb(r)::text from (select {fields}) r", *(row[column.name] for column in columns)
    )
    values: dict[str, Any] = json.loads(text)
    return values
