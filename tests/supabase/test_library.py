"""The library's tables: what users arrange by themselves, and what no row can say, whoever writes it."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.fixtures.database import Session
from tests.fixtures.library import add_to_library
from tests.fixtures.lifecycle import Line
from tests.fixtures.users import User


def session_of(line: Line) -> Session:
    return Session(line.owner, "authenticated", User(line.user_id, "", "", ""))


@pytest.fixture
def mine(line: Line) -> Session:
    return session_of(line)


@pytest.fixture
def theirs(other_line: Line) -> Session:
    return session_of(other_line)


async def new_collection(session: Session, name: str = "cats") -> Any:
    return (await session.fetch("insert into user_collections (name) values ($1) returning id", name))[0]["id"]


async def put_into(session: Session, asset_id: str, collection: Any) -> None:
    rows = await session.fetch(
        "update user_library set collection_id = $1 where id = $2 returning id", collection, asset_id
    )
    assert len(rows) == 1


async def count(line: Line, collection: Any) -> int:
    counted: int = await line.owner.fetchval("select asset_count from user_collections where id = $1", collection)
    return counted


class TestArranging:
    async def test_users_set_title_tags_and_favourites(self, line: Line, mine: Session) -> None:
        asset_id = await add_to_library(line)
        await mine.fetch("update user_library set custom_title = 'Cat', tags = '{a,b}', is_favorite = true")
        row = await line.owner.fetchrow("select * from user_library where id = $1", asset_id)
        assert (row["custom_title"], row["tags"], row["is_favorite"]) == ("Cat", ["a", "b"], True)
        assert row["updated_at"] > row["created_at"]

    async def test_nobody_arranges_another_s_library(self, line: Line, theirs: Session) -> None:
        """P6"""
        await add_to_library(line)
        assert await theirs.fetch("update user_library set custom_title = 'mine' returning id") == []

    @pytest.mark.parametrize(
        "change", ["tags = array_fill('x'::text, '{51}')", "tags = '{null}'", "custom_title = repeat('x', 201)"]
    )
    async def test_what_is_too_much_is_refused(self, line: Line, mine: Session, change: str) -> None:
        await add_to_library(line)
        with pytest.raises(asyncpg.CheckViolationError):
            await mine.fetch(f"update user_library set {change}")

    async def test_no_client_writes_any_other_column(self, line: Line, mine: Session) -> None:
        """S1, S10: above all not a path."""
        await add_to_library(line)
        columns = await line.owner.fetch(
            "select table_name, column_name from information_schema.columns"
            " where table_name in ('user_library', 'workspace_assets', 'user_collections')"
        )
        granted = {"custom_title", "tags", "is_favorite", "collection_id", "name", "description"}
        for row in columns:
            if row["column_name"] not in granted and tuple(row) != ("workspace_assets", "generation_settings"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await mine.fetch(f"update {row['table_name']} set {row['column_name']} = default")

    async def test_no_client_inserts_a_row_that_names_an_object(self, line: Line, mine: Session) -> None:
        """S1, S2: in the original the service then read and deleted what the row named."""
        insert = "insert into {} (user_id, {}) values ($1, $2)"
        for table, path in (("user_library", "storage_path"), ("workspace_assets", "temp_storage_path")):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await mine.fetch(insert.format(table, path), line.user_id, f"{uuid4()}/theirs.png")

    async def test_users_dismiss_their_own_assets(self, line: Line, mine: Session, theirs: Session) -> None:
        attempt = await line.start()
        await attempt.finish()
        dismiss = """
            update workspace_assets
            set generation_settings = generation_settings || '{"workspace_dismissed": true}' returning id
        """
        assert await theirs.fetch(dismiss) == []
        assert len(await mine.fetch(dismiss)) == 1
        (asset,) = await line.assets(attempt.job_id)
        assert asset["generation_settings"]["workspace_dismissed"] is True

    @pytest.mark.parametrize("settings", ["{}", "null", "[]", '{"width": 1, "workspace_dismissed": "yes"}'])
    async def test_and_write_nothing_else_of_how_it_was_made(self, line: Line, mine: Session, settings: str) -> None:
        """S10, P9"""
        attempt = await line.start()
        await attempt.finish()
        (before,) = await line.assets(attempt.job_id)
        await mine.fetch("update workspace_assets set generation_settings = $1::text::jsonb", settings)
        (after,) = await line.assets(attempt.job_id)
        assert after == before


class TestOwnObjects:
    """S1, S2: not even the service writes a row that names another user's object."""

    @pytest.mark.parametrize("column", ["storage_path", "thumbnail_path"])
    async def test_of_the_library(self, line: Line, column: str) -> None:
        with pytest.raises(asyncpg.CheckViolationError):
            await add_to_library(line, **{column: f"{uuid4()}/theirs.png"})

    @pytest.mark.parametrize("column", ["temp_storage_path", "thumbnail_path"])
    async def test_of_the_workspace(self, line: Line, column: str) -> None:
        await (await line.start()).finish()
        with pytest.raises(asyncpg.CheckViolationError):
            await line.owner.execute(
                f"update workspace_assets set {column} = $1 where user_id = $2", f"{uuid4()}/theirs.png", line.user_id
            )


class TestCollections:
    async def test_they_count_what_is_put_in_moved_and_taken_out(self, line: Line, mine: Session) -> None:
        cats, dogs = await new_collection(mine), await new_collection(mine, "dogs")
        first, second = await add_to_library(line), await add_to_library(line)
        await put_into(mine, first, cats)
        await put_into(mine, second, cats)
        assert (await count(line, cats), await count(line, dogs)) == (2, 0)
        await put_into(mine, second, dogs)
        assert (await count(line, cats), await count(line, dogs)) == (1, 1)
        await put_into(mine, second, None)
        await line.owner.execute("delete from user_library where id = $1", first)
        assert (await count(line, cats), await count(line, dogs)) == (0, 0)

    async def test_a_deleted_one_leaves_its_assets(self, line: Line, mine: Session) -> None:
        cats = await new_collection(mine)
        await put_into(mine, await add_to_library(line), cats)
        await mine.fetch("delete from user_collections where id = $1", cats)
        (row,) = await line.owner.fetch("select * from user_library where user_id = $1", line.user_id)
        assert row["collection_id"] is None

    async def test_another_s_takes_no_asset(self, line: Line, mine: Session, other_line: Line, theirs: Session) -> None:
        """S16: nobody moves another's count."""
        asset_id, collection = await add_to_library(line), await new_collection(theirs)
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await put_into(mine, asset_id, collection)
        assert await count(other_line, collection) == 0

    async def test_nobody_sees_changes_or_deletes_another_s(self, line: Line, mine: Session, theirs: Session) -> None:
        """P6"""
        collection = await new_collection(mine)
        assert await theirs.fetch("select * from user_collections") == []
        assert await theirs.fetch("update user_collections set name = 'theirs' returning id") == []
        assert await theirs.fetch("delete from user_collections returning id") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await theirs.fetch("insert into user_collections (user_id, name) values ($1, 'x')", line.user_id)
        assert await count(line, collection) == 0

    async def test_users_rename_their_own(self, line: Line, mine: Session) -> None:
        await new_collection(mine)
        await mine.fetch("update user_collections set name = 'felines', description = 'all of them'")
        row = await line.owner.fetchrow("select * from user_collections where user_id = $1", line.user_id)
        assert (row["name"], row["description"]) == ("felines", "all of them")
