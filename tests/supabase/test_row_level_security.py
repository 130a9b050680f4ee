"""What signed-in users see and change of the tables themselves (P6). Changes go through functions."""

from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from devstack.project import Project
from tests.fixtures.database import Session
from tests.fixtures.library import add_to_library
from tests.fixtures.lifecycle import Line
from tests.fixtures.users import User

OWNED = {
    "jobs": "user_id",
    "workspace_assets": "user_id",
    "user_library": "user_id",
    "user_collections": "user_id",
    "profiles": "id",
    "usage_logs": "user_id",
    "user_roles": "user_id",
}
INTERNAL = ["queues", "job_leases", "job_outputs", "sweeps"]
UNCHANGEABLE = ["jobs", "usage_logs", "user_roles", "workers", *INTERNAL]


def session_of(line: Line) -> Session:
    return Session(line.owner, "authenticated", User(line.user_id, "", "", ""))


async def with_a_row_in_every_table(line: Line) -> Session:
    await (await line.start()).finish()
    await add_to_library(line)
    session = session_of(line)
    await session.fetch("insert into user_collections (name) values ('mine')")
    return session


@pytest.fixture
async def user_of_line(line: Line) -> Session:
    """Who has a row in every table."""
    return await with_a_row_in_every_table(line)


@pytest.fixture
async def neighbour(other_line: Line) -> Session:
    return await with_a_row_in_every_table(other_line)


@pytest.fixture
async def admin(line: Line) -> Session:
    await line.owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", line.user_id)
    return session_of(line)


@pytest.mark.parametrize("table", OWNED)
@pytest.mark.usefixtures("neighbour")
async def test_users_see_their_own_rows_and_no_others(user_of_line: Session, line: Line, table: str) -> None:
    """P6"""
    rows = await user_of_line.fetch(f"select * from {table}")
    assert {str(row[OWNED[table]]) for row in rows} == {line.user_id}


@pytest.mark.parametrize("table", OWNED)
async def test_asking_for_another_s_rows_finds_none(
    neighbour: Session, user_of_line: Session, line: Line, table: str
) -> None:
    """P6"""
    query = f"select * from {table} where {OWNED[table]} = $1"
    assert await user_of_line.fetch(query, line.user_id) != []
    assert await neighbour.fetch(query, line.user_id) == []


@pytest.mark.parametrize("table", [*OWNED, *INTERNAL])
async def test_who_is_not_signed_in_sees_no_table(as_anonymous: Session, table: str) -> None:
    """S11, P6"""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_anonymous.fetch(f"select * from {table}")


@pytest.mark.parametrize("table", INTERNAL)
async def test_the_queue_s_inner_tables_are_nobody_s(user_of_line: Session, table: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await user_of_line.fetch(f"select * from {table}")


@pytest.mark.parametrize("table", ["jobs", "profiles", "usage_logs", "user_roles"])
@pytest.mark.usefixtures("neighbour")
async def test_an_admin_sees_everybody_s(admin: Session, other_line: Line, table: str) -> None:
    query = f"select * from {table} where {OWNED[table]} = $1"
    assert await admin.fetch(query, other_line.user_id) != []


@pytest.mark.parametrize("role", ["moderator", "premium_user"])
@pytest.mark.usefixtures("neighbour")
async def test_no_other_role_sees_more_than_its_own(user_of_line: Session, line: Line, role: str) -> None:
    """P6"""
    await line.owner.execute("insert into user_roles (user_id, role) values ($1, $2)", line.user_id, role)
    assert len(await user_of_line.fetch("select * from jobs")) == 1


@pytest.mark.parametrize("table", [*UNCHANGEABLE, "profiles", "workspace_assets", "user_library"])
@pytest.mark.parametrize("statement", ["insert into {table} default values", "delete from {table}", "truncate {table}"])
async def test_no_client_inserts_or_deletes(user_of_line: Session, table: str, statement: str) -> None:
    """S10, P3, P6"""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await user_of_line.fetch(statement.format(table=table))


@pytest.mark.parametrize("table", UNCHANGEABLE)
async def test_no_client_updates_any_column(user_of_line: Session, line: Line, table: str) -> None:
    """S10, P3, P5, P6"""
    query = "select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and not attisdropped"
    for row in await line.owner.fetch(query, table):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await user_of_line.fetch(f"update {table} set {row['attname']} = default")


@pytest.mark.parametrize(
    "column", ["id", "token_balance", "subscription_status", "age_verified", "age_verification_date", "birth_date"]
)
async def test_nobody_grants_themselves_credits_or_age(user_of_line: Session, column: str) -> None:
    """S10, S14, P3"""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await user_of_line.fetch(f"update profiles set {column} = {column}")


async def test_users_may_change_their_name(user_of_line: Session, line: Line) -> None:
    name = uuid4().hex
    await user_of_line.fetch("update profiles set username = $1", name)
    row = await line.owner.fetchrow("select * from profiles where id = $1", line.user_id)
    assert row["username"] == name
    assert row["updated_at"] > row["created_at"]


async def test_nobody_changes_another_s_name(neighbour: Session, line: Line) -> None:
    """P6"""
    query = "update profiles set username = 'taken over' where id = $1 returning id"
    assert await neighbour.fetch(query, line.user_id) == []
    assert await line.owner.fetchval("select username from profiles where id = $1", line.user_id) is None


async def test_two_users_cannot_have_one_name(user_of_line: Session, neighbour: Session) -> None:
    name = uuid4().hex
    await neighbour.fetch("update profiles set username = $1", name)
    with pytest.raises(asyncpg.UniqueViolationError):
        await user_of_line.fetch("update profiles set username = $1", name)


class TestOverTheApi:
    """The same through the gateway and PostgREST, with a user's real token."""

    @pytest.fixture
    def headers(self, project: Project, user: User) -> dict[str, str]:
        return {"apikey": project.keys.publishable_key, **user.headers}

    async def get(self, project: Project, path: str, headers: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(base_url=f"{project.url}/rest/v1") as http:
            return await http.get(path, headers=headers)

    async def test_users_read_their_own_rows(
        self, project: Project, user: User, other_user: User, line: Line, headers: dict[str, str]
    ) -> None:
        """P6"""
        mine = await line.job(user_id=user.id)
        await line.job(user_id=other_user.id)
        rows: list[Any] = (await self.get(project, "/jobs?select=id", headers)).json()
        assert rows == [{"id": mine}]

    async def test_without_a_user_there_is_nothing_to_read(self, project: Project) -> None:
        """P6"""
        answer = await self.get(project, "/jobs", {"apikey": project.keys.publishable_key})
        assert (answer.status_code, answer.json()["code"]) == (401, "42501")

    @pytest.mark.parametrize("function", ["submit_job", "claim_job", "complete_job", "cancel_job", "sweep_jobs"])
    async def test_no_client_calls_the_functions_of_the_life_cycle(
        self, project: Project, line: Line, headers: dict[str, str], function: str
    ) -> None:
        """P4, P6"""
        job_id = await line.job()
        before = await line.state(job_id)
        arguments: dict[str, dict[str, Any]] = {
            "submit_job": line.submission(),
            "claim_job": {"p_job_id": job_id, "p_handout": 1, "p_worker_id": "x", "p_claim_id": "x"},
            "complete_job": {"p_job_id": job_id, "p_attempt": 1},
            "cancel_job": {"p_job_id": job_id, "p_user_id": line.user_id},
            "sweep_jobs": {},
        }
        async with httpx.AsyncClient(base_url=f"{project.url}/rest/v1/rpc") as http:
            answer = await http.post(f"/{function}", json=arguments[function], headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "42501")
        assert await line.state(job_id) == before

    async def test_no_client_reaches_the_private_schema(self, project: Project, headers: dict[str, str]) -> None:
        answer = await self.get(project, "/rpc/is_admin", {**headers, "Accept-Profile": "private"})
        assert (answer.status_code, answer.json()["code"]) == (406, "PGRST106")
