"""What PostgreSQL's output plugin says of a change, over a table of the test's own."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from devstack.postgres import Cluster
from devstack.realtime.slot import Slot


@pytest.fixture
async def owner(cluster: Cluster) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(cluster.url())
    yield connection
    await connection.close()


@pytest.fixture
async def table(owner: Any) -> AsyncIterator[str]:
    """``id``, ``body``, published."""
    name = f"t{uuid.uuid4().hex}"
    await owner.execute(f"create table {name} (id integer primary key, body text)")
    await owner.execute(f"alter publication supabase_realtime add table {name}")
    yield name
    await owner.execute(f"drop table {name}")


@pytest.fixture
async def slot(cluster: Cluster) -> AsyncIterator[Slot]:
    slot = await Slot.open(cluster.url("supabase_admin"))
    yield slot
    await slot.close()


async def test_each_change_is_told_once(owner: Any, table: str, slot: Slot) -> None:
    await owner.execute(f"insert into {table} values (1, 'Ünï\n'), (2, null)")
    assert [change.new for change in await slot.changes()] == [{"id": "1", "body": "Ünï\n"}, {"id": "2", "body": None}]
    assert await slot.changes() == []


async def test_a_change_of_the_key_tells_the_old_one(owner: Any, table: str, slot: Slot) -> None:
    await owner.execute(f"insert into {table} values (1, 'a')")
    await owner.execute(f"update {table} set id = 2")
    update = (await slot.changes())[-1]
    assert (update.old, update.new) == ({"id": "1"}, {"id": "2", "body": "a"})


async def test_a_large_value_that_was_not_touched_is_not_told(owner: Any, table: str, slot: Slot) -> None:
    await owner.execute(f"alter table {table} alter body set storage external")
    await owner.execute(f"insert into {table} values (1, repeat('x', 10000))")
    await owner.execute(f"update {table} set id = 2")
    assert (await slot.changes())[-1].new == {"id": "2"}


async def test_a_table_that_is_not_published_is_not_told(owner: Any, table: str, slot: Slot) -> None:
    await owner.execute(f"alter publication supabase_realtime drop table {table}")
    await owner.execute(f"insert into {table} values (1, 'a')")
    assert await slot.changes() == []


async def test_a_truncate_is_no_change_of_a_row(owner: Any, table: str, slot: Slot) -> None:
    await owner.execute(f"insert into {table} values (1, 'a')")
    await owner.execute(f"truncate {table}")
    await owner.execute(f"insert into {table} values (2, 'b')")
    assert [(change.action, change.new["id"]) for change in await slot.changes() if change.new] == [
        ("INSERT", "1"),
        ("INSERT", "2"),
    ]


async def test_the_time_is_that_of_the_commit(owner: Any, table: str, slot: Slot) -> None:
    before = await owner.fetchval("select clock_timestamp()")
    await owner.execute(f"insert into {table} values (1, 'a')")
    after = await owner.fetchval("select clock_timestamp()")
    (change,) = await slot.changes()
    assert before <= change.committed_at <= after
