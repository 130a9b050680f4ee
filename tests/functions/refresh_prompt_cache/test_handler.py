"""An admin has the models asked again."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.edge.database import DatabaseUnavailable
from tests.fixtures.database import Session
from tests.fixtures.functions import Doubles, Edge
from tests.fixtures.users import User

REFRESHED = {
    "outcome": "refreshed",
    "forgotten": 0,
    "template_count": 0,
    "template_categories": [],
    "model_types": [],
    "negative_prompt_count": 0,
    "negative_prompt_categories": [],
    "integrity_hash": "hash",
}


@pytest.fixture
async def admin(other_user: User, owner: Any) -> User:
    await owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", UUID(other_user.id))
    return other_user


async def remember(edge: Edge, prompt: str) -> None:
    await edge.clients.database.call(
        "remember_enhancement", p_question=uuid4().hex, p_model_used="qwen", p_prompt=prompt
    )


async def refresh(edge: Edge, user: User, **options: Any) -> Any:
    return await edge.http.post("refresh-prompt-cache", headers=user.headers, **options)


async def test_everything_is_forgotten_and_counted(edge: Edge, admin: User, owner: Any) -> None:
    await owner.execute("delete from enhancement_cache")
    await remember(edge, "a fine cat")
    await remember(edge, "a fine dog")

    body = (await refresh(edge, admin)).json()

    assert (body["success"], body["message"]) == (True, "2 enhancements were forgotten.")
    assert await owner.fetchval("select count(*) from enhancement_cache") == 0
    stats = body["cache_stats"]
    assert stats["enhancementsForgotten"] == 2
    assert stats["templateCount"] == await owner.fetchval("select count(*) from prompt_templates where is_active")
    assert stats["negativePromptCount"] == await owner.fetchval("select count(*) from negative_prompts where is_active")
    assert stats["nsfwTermCount"] > 100
    assert body["cached_data"]["model_types"] == ["chat", "sdxl", "wan"]
    assert {"enhancement", "general", "roleplay"} <= set(body["cached_data"]["template_categories"])
    assert {"sdxl_sfw", "sdxl_nsfw"} <= set(body["cached_data"]["negative_prompt_categories"])


async def test_the_hash_is_of_the_texts_in_use(edge: Edge, admin: User, owner: Any) -> None:
    first, again = [(await refresh(edge, admin)).json()["cache_stats"]["integrityHash"] for _ in range(2)]
    await owner.execute("update prompt_templates set description = description where use_case = 'general'")
    changed = (await refresh(edge, admin)).json()["cache_stats"]["integrityHash"]
    assert first == again != changed


async def test_who_did_it_is_written_down(edge: Edge, admin: User, owner: Any) -> None:
    await refresh(edge, admin, json={"force_refresh": True})
    (row,) = await owner.fetch("select * from user_activity_log where user_id = $1", UUID(admin.id))
    assert (row["action"], row["resource_type"]) == ("refresh_prompt_cache", "enhancement_cache")
    assert row["metadata"]["force_refresh"] is True
    assert "enhancements_forgotten" in row["metadata"]


async def test_no_setting_is_touched(edge: Edge, admin: User, owner: Any) -> None:
    """S6: the cache is a table of its own, and no part of one JSON that everybody writes back whole."""
    before = await owner.fetch("select * from system_config")
    await refresh(edge, admin)
    assert await owner.fetch("select * from system_config") == before


async def test_a_user_may_not(edge: Edge, user: User) -> None:
    await remember(edge, "a fine cat")
    answer = await refresh(edge, user)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_this_process_reads_the_tables_anew(doubles: Doubles) -> None:
    async def load() -> dict[str, Any]:
        return {"rows": ["new"]}

    doubles.clients.cache.put("key", {"rows": ["old"]})
    doubles.database.will_answer("check_admin", {"outcome": "admin"})
    doubles.database.will_answer("refresh_prompt_cache", REFRESHED)
    await doubles.http.post("refresh-prompt-cache", headers=doubles.as_user)
    assert await doubles.clients.cache.get("key", load) == {"rows": ["new"]}


async def test_without_a_database_it_says_so(doubles: Doubles) -> None:
    doubles.database.will_answer("check_admin", {"outcome": "admin"})
    doubles.database.will_answer("refresh_prompt_cache", DatabaseUnavailable())
    answer = await doubles.http.post("refresh-prompt-cache", headers=doubles.as_user)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")


class TestTheLog:
    @pytest.fixture(autouse=True)
    async def entry(self, user: User, owner: Any) -> None:
        await owner.execute("insert into user_activity_log (user_id, action) values ($1, 'a')", UUID(user.id))

    async def test_a_user_sees_their_own(self, as_user: Session) -> None:
        assert [row["action"] for row in await as_user.fetch("select * from user_activity_log")] == ["a"]

    async def test_and_nobody_else_s(self, as_other_user: Session) -> None:
        """P6"""
        assert await as_other_user.fetch("select * from user_activity_log") == []

    async def test_an_admin_sees_everybody_s(self, admin: User, as_other_user: Session) -> None:  # noqa: ARG002
        assert await as_other_user.fetch("select * from user_activity_log") != []

    @pytest.mark.parametrize(
        "statement",
        [
            "insert into user_activity_log (action) values ('forged')",
            "update user_activity_log set action = 'forged'",
            "delete from user_activity_log",
        ],
    )
    async def test_nobody_writes_into_it(self, as_user: Session, statement: str) -> None:
        """S12"""
        with pytest.raises(Exception, match="permission denied"):
            await as_user.fetch(statement)
