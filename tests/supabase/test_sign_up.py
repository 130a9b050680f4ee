"""What a sign-up creates: a profile, a role, and a balance that its ledger explains."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from devstack.project import Project
from tests.fixtures.users import User


async def rows(owner: Any, table: str, user_id: str) -> list[dict[str, Any]]:
    key = "id" if table == "profiles" else "user_id"
    return [dict(row) for row in await owner.fetch(f"select * from {table} where {key} = $1", user_id)]


async def test_a_new_user_has_a_profile_that_claims_nothing(owner: Any, user: User) -> None:
    """S13"""
    (profile,) = await rows(owner, "profiles", user.id)
    assert (profile["username"], profile["subscription_status"], profile["age_verified"]) == (None, "inactive", False)


async def test_a_new_user_has_the_basic_role_and_no_other(owner: Any, user: User) -> None:
    assert [row["role"] for row in await rows(owner, "user_roles", user.id)] == ["basic_user"]


async def test_what_a_client_says_at_sign_up_gives_no_role_and_no_credits(project: Project, owner: Any) -> None:
    """P3"""
    said = {"role": "admin", "roles": ["admin"], "token_balance": 10**6, "age_verified": True}
    async with httpx.AsyncClient() as http:
        answer = await http.post(
            f"{project.url}/auth/v1/signup",
            json={"email": f"{uuid4().hex}@example.com", "password": "correct horse battery", "data": said},
            headers={"apikey": project.keys.publishable_key},
        )
    user_id = answer.json()["user"]["id"]
    assert [row["role"] for row in await rows(owner, "user_roles", user_id)] == ["basic_user"]
    (profile,) = await rows(owner, "profiles", user_id)
    assert (profile["token_balance"], profile["age_verified"]) == (100, False)


async def test_the_hundred_tokens_are_a_row_of_the_ledger(owner: Any, user: User) -> None:
    """P3"""
    (row,) = await rows(owner, "usage_logs", user.id)
    assert (row["action"], row["credits_consumed"]) == ("signup_grant", Decimal(-100))
    (profile,) = await rows(owner, "profiles", user.id)
    assert profile["token_balance"] == 100


async def test_every_balance_is_minus_the_sum_of_its_ledger(owner: Any, new_user: Callable[[], User]) -> None:
    """P3"""
    new_user()
    query = """
        select p.id, p.token_balance, coalesce(sum(u.credits_consumed), 0) as consumed
        from profiles p left join usage_logs u on u.user_id = p.id
        group by p.id having p.token_balance <> -coalesce(sum(u.credits_consumed), 0)
    """
    assert await owner.fetch(query) == []


async def test_a_user_whom_an_admin_creates_gets_the_same(project: Project, owner: Any) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.post(
            f"{project.url}/auth/v1/admin/users",
            json={"email": f"{uuid4().hex}@example.com", "password": "correct horse battery", "email_confirm": True},
            headers={
                "apikey": project.keys.service_role_key,
                "Authorization": f"Bearer {project.keys.service_role_key}",
            },
        )
    user_id = answer.json()["id"]
    for table in ("profiles", "user_roles", "usage_logs"):
        assert len(await rows(owner, table, user_id)) == 1


async def test_an_account_that_could_not_get_its_profile_does_not_come_to_be(owner: Any) -> None:
    """S13: no failure of a trigger is swallowed."""
    async with owner.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("alter table profiles add check (token_balance = 0) not valid")
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("insert into auth.users (id) values ($1)", uuid4())
        await transaction.rollback()


async def test_with_the_account_everything_of_it_goes(owner: Any, user: User) -> None:
    await owner.execute("delete from auth.users where id = $1", user.id)
    for table in ("profiles", "user_roles", "usage_logs"):
        assert await rows(owner, table, user.id) == []
