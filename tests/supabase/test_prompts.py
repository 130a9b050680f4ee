"""Templates and negative prompts: which one is found, who may change them, and that the texts we ship are fit."""

import re
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from functions.edge.prompts.lists import read_list
from functions.edge.prompts.negative import GROUPS
from shared import content_policy
from shared.enhancement.vocabulary import plain
from tests.fixtures.database import Session
from tests.fixtures.functions import Edge
from tests.fixtures.users import User

ASKED = {
    "p_target_model": "sdxl",
    "p_enhancer_model": "qwen_instruct",
    "p_job_type": "image",
    "p_use_case": "enhancement",
    "p_content_mode": "sfw",
}
CHAT = {"p_target_model": None, "p_job_type": "chat"}


@pytest.fixture
async def as_admin(owner: Any, as_user: Session, user: User) -> AsyncIterator[Session]:
    await owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", user.id)
    yield as_user
    await owner.execute("delete from prompt_templates where template_name like 'test %'")
    await owner.execute("delete from negative_prompts where description = 'test'")


async def find(edge: Edge, **changes: Any) -> dict[str, Any]:
    return await edge.clients.database.call("find_template", **ASKED | changes)


async def negatives(edge: Edge, mode: str, model: str = "sdxl") -> dict[str, Any]:
    return await edge.clients.database.call("negative_prompts", p_model_type=model, p_content_mode=mode)


@pytest.mark.parametrize("mode", ["sfw", "nsfw"])
@pytest.mark.parametrize(("target", "job_type"), [("sdxl", "image"), ("wan", "image"), ("wan", "video")])
async def test_every_picture_and_film_has_a_template_of_its_own(
    edge: Edge, target: str, job_type: str, mode: str
) -> None:
    found = await find(edge, p_target_model=target, p_job_type=job_type, p_content_mode=mode)
    assert found["outcome"] == "found"
    assert found["template"]["template_name"] == f"{target}_{job_type}_{mode}"
    assert found["template"].keys() >= {"id", "version", "updated_at", "system_prompt", "token_limit"}


@pytest.mark.parametrize("mode", ["sfw", "nsfw"])
@pytest.mark.parametrize("use_case", ["general", "creative", "roleplay", "admin"])
@pytest.mark.parametrize("prefix", ["", "chat_"])
async def test_a_chat_s_template_is_found_without_a_target_and_by_either_name(
    edge: Edge, use_case: str, mode: str, prefix: str
) -> None:
    """F6: `= null` never found one, and cache and reader had different names for it."""
    found = await find(edge, **CHAT, p_use_case=prefix + use_case, p_content_mode=mode)
    assert found["template"]["template_name"] == f"chat_{use_case}_{mode}"


async def test_another_enhancer_s_template_serves(edge: Edge) -> None:
    found = await find(edge, p_enhancer_model="qwen_base")
    assert found["template"]["enhancer_model"] == "qwen_instruct"


async def test_what_there_is_none_for_is_not_found(edge: Edge) -> None:
    assert await find(edge, p_job_type="video") == {"outcome": "not_found"}
    assert await find(edge, p_use_case="another") == {"outcome": "not_found"}
    assert await find(edge, p_target_model=None) == {"outcome": "not_found"}


async def test_sfw_never_falls_back_to_nsfw_but_nsfw_to_sfw(edge: Edge, as_admin: Session) -> None:
    """S21"""
    await as_admin.fetch("""
        insert into prompt_templates (enhancer_model, use_case, content_mode, template_name, system_prompt, job_type)
        values ('qwen_instruct', 'adult', 'nsfw', 'test a', 'text', 'chat'),
            ('qwen_instruct', 'tame', 'sfw', 'test b', 'text', 'chat')
    """)
    assert await find(edge, **CHAT, p_use_case="adult") == {"outcome": "not_found"}
    tame = await find(edge, **CHAT, p_use_case="tame", p_content_mode="nsfw")
    assert tame["template"]["content_mode"] == "sfw"


async def test_an_admin_s_change_counts_and_is_found(edge: Edge, as_admin: Session) -> None:
    insert = """
        insert into prompt_templates (enhancer_model, use_case, content_mode, template_name, system_prompt, job_type)
        values ('qwen_instruct', 'changing', 'sfw', 'test c', 'first', 'chat')
    """
    await as_admin.fetch(insert)
    first = (await find(edge, **CHAT, p_use_case="changing"))["template"]
    await as_admin.fetch("update prompt_templates set system_prompt = 'second' where template_name = 'test c'")
    second = (await find(edge, **CHAT, p_use_case="changing"))["template"]
    assert (first["system_prompt"], first["version"]) == ("first", 1)
    assert (second["system_prompt"], second["version"]) == ("second", 2)
    assert second["updated_at"] > first["updated_at"]
    await as_admin.fetch("update prompt_templates set is_active = false where template_name = 'test c'")
    assert (await find(edge, **CHAT, p_use_case="changing"))["outcome"] == "not_found"


async def test_negative_prompts_come_in_the_order_of_their_groups(edge: Edge, as_admin: Session) -> None:
    before = await negatives(edge, "sfw")
    await as_admin.fetch("""
        insert into negative_prompts (priority_group, negative_prompt, priority, description)
        values (2, 'six toes', 9, 'test')
    """)
    after = await negatives(edge, "sfw")
    groups = [row["priority_group"] for row in after["rows"]]
    assert groups == sorted(groups)
    assert after["rows"][1]["negative_prompt"] == "six toes"
    assert before != after


async def test_adult_groups_come_on_top_in_their_mode_only(edge: Edge) -> None:
    sfw, nsfw = (await negatives(edge, "sfw"))["rows"], (await negatives(edge, "nsfw"))["rows"]
    assert {row["priority_group"] for row in sfw} == {1, 2, 3, 4, 5, 6}
    assert {row["priority_group"] for row in nsfw} == set(GROUPS)
    assert [row for row in nsfw if row["content_mode"] == "sfw"] == sfw
    assert (await negatives(edge, "sfw", "wan"))["rows"] == []


@pytest.mark.parametrize("table", ["prompt_templates", "negative_prompts"])
async def test_a_user_sees_and_changes_nothing(as_user: Session, as_anonymous: Session, table: str) -> None:
    assert await as_user.fetch(f"select * from {table}") == []
    assert await as_user.fetch(f"update {table} set is_active = false returning id") == []
    assert await as_user.fetch(f"delete from {table} returning id") == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_anonymous.fetch(f"select * from {table}")


async def test_a_user_can_add_none(as_user: Session) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_user.fetch("insert into negative_prompts (priority_group, negative_prompt) values (1, 'x')")


async def test_an_admin_s_name_stays_with_the_row(as_admin: Session, user: User) -> None:
    (row,) = await as_admin.fetch("""
        insert into negative_prompts (priority_group, negative_prompt, description) values (1, 'ugly', 'test')
        returning created_by
    """)
    assert str(row["created_by"]) == user.id
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_admin.fetch("update negative_prompts set created_by = null where description = 'test'")


class TestTexts:
    async def test_the_rows_for_everybody_are_free_of_explicit_words(self, owner: Any) -> None:
        rows = await owner.fetch("select negative_prompt from negative_prompts where content_mode = 'sfw'")
        for row in rows:
            assert content_policy.check([row["negative_prompt"]], content_mode="sfw") is None

    async def test_the_seven_groups_hold_what_the_document_names(self, owner: Any) -> None:
        rows = await owner.fetch("select priority_group, negative_prompt from negative_prompts")
        terms: dict[int, set[str]] = {}
        for row in rows:
            terms.setdefault(row["priority_group"], set()).update(row["negative_prompt"].split(", "))
        assert terms[1] >= {"bad anatomy", "extra limbs", "worst quality", "low quality", "lowres"}
        assert terms[3] == {"text", "watermark", "logo", "signature", "contact info"}
        assert terms[4] == {"anime", "cartoon", "graphic", "render", "cgi", "3d"}
        assert terms[7] >= {"deformed breasts", "extra breasts", "anatomical errors"}

    async def test_what_can_be_asked_for_is_a_term_of_ours(self, owner: Any) -> None:
        """Else the list speaks of a term that is spelled another way, and never takes it out."""
        rows = await owner.fetch("select negative_prompt from negative_prompts")
        terms = {plain(term) for row in rows for term in row["negative_prompt"].split(",")}
        words = read_list("negatives")
        assert {*words["asked_by"], *words["mixed_only"]} <= terms

    async def test_system_prompts_are_whole_and_only_those_for_adults_speak_of_it(self, owner: Any) -> None:
        rows = await owner.fetch("select content_mode, system_prompt, token_limit, use_case from prompt_templates")
        assert len(rows) == 16
        for row in rows:
            text = row["system_prompt"]
            assert not re.search(r"  |\{|\}|TODO", text)
            assert 300 < len(text) < 2000
            assert ("verified adult" in text) is (row["content_mode"] == "nsfw")
            says_alone = re.search("Answer with the (prompt|rewritten message) alone", text) is not None
            assert says_alone is (row["use_case"] == "enhancement")
