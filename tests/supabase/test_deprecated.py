"""What the documents still name: empty tables, and calls that say what took their place."""

from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from devstack.project import Project
from tests.fixtures.database import Session
from tests.fixtures.lifecycle import Line
from tests.fixtures.users import User

TABLES = {
    "workspace_sessions": {"id", "user_id", "session_name", "is_active", "created_at"},
    "workspace_items": {"id", "session_id", "user_id", "status", "created_at", "updated_at"},
}
CALLS = {
    "create_workspace_session": ({"p_user_id": str(uuid4()), "p_session_name": "mine"}, "queue-job"),
    "save_workspace_item_to_library": ({"p_workspace_item_id": str(uuid4()), "p_user_id": str(uuid4())}, "assetId"),
    "clear_workspace_session": ({"p_session_id": str(uuid4()), "p_user_id": str(uuid4())}, "clear_workspace"),
}


@pytest.fixture
async def item(owner: Any, line: Line) -> None:
    """The user's own session and item, as only the database's owner can make them."""
    session = await owner.fetchval("insert into workspace_sessions (user_id) values ($1) returning id", line.user_id)
    query = "insert into workspace_items (session_id, user_id, status) values ($1, $2, 'generated')"
    await owner.execute(query, session, line.user_id)


@pytest.fixture
def session(line: Line) -> Session:
    return Session(line.owner, "authenticated", User(line.user_id, "", "", ""))


@pytest.mark.parametrize("table", TABLES)
async def test_the_columns_are_those_of_the_documents(owner: Any, table: str) -> None:
    query = "select column_name from information_schema.columns where table_schema = 'public' and table_name = $1"
    assert {row["column_name"] for row in await owner.fetch(query, table)} == TABLES[table]


@pytest.mark.parametrize("table", TABLES)
async def test_they_are_empty(owner: Any, table: str) -> None:
    assert await owner.fetchval(f"select count(*) from {table}") == 0


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.usefixtures("item")
async def test_only_an_admin_selects(line: Line, session: Session, table: str) -> None:
    """P6"""
    assert await session.fetch(f"select * from {table}") == []
    await line.owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", line.user_id)
    assert len(await session.fetch(f"select * from {table}")) == 1


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement", ["insert into {} default values", "update {} set user_id = user_id", "delete from {}"]
)
async def test_not_even_an_admin_writes(line: Line, session: Session, table: str, statement: str) -> None:
    await line.owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", line.user_id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await session.fetch(statement.format(table))


@pytest.mark.parametrize("name", CALLS)
async def test_a_call_is_gone_and_names_its_successor(project: Project, user: User, name: str) -> None:
    arguments, successor = CALLS[name]
    async with httpx.AsyncClient(headers={"apikey": project.keys.publishable_key, **user.headers}) as http:
        answer = await http.post(f"{project.url}/rest/v1/rpc/{name}", json=arguments)
    error = answer.json()
    assert (answer.status_code, error["code"]) == (410, "PT410")
    assert name in error["message"]
    assert successor in error["hint"]


@pytest.mark.parametrize("name", CALLS)
async def test_who_is_not_signed_in_may_not_even_call(project: Project, name: str) -> None:
    async with httpx.AsyncClient(headers={"apikey": project.keys.publishable_key}) as http:
        answer = await http.post(f"{project.url}/rest/v1/rpc/{name}", json=CALLS[name][0])
    assert answer.json()["code"] == "42501"


async def test_a_job_has_no_session(line: Line) -> None:
    assert (await line.row(await line.job()))["workspace_session_id"] is None
