"""Conversations: what is said is stored once, in one's own conversation, and what is read of it."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.fixtures.conversations import Talk
from tests.fixtures.database import Session
from tests.fixtures.limits import limits
from tests.fixtures.users import User


@pytest.fixture
def talk(database: Any, user: User) -> Talk:
    return Talk(database, user.id)


@pytest.fixture
def other_talk(database: Any, other_user: User) -> Talk:
    return Talk(database, other_user.id)


def said(answer: dict[str, Any]) -> list[str]:
    return [turn["content"] for turn in answer["turns"]]


async def stored(owner: Any, conversation_id: str) -> list[tuple[int, str, str]]:
    query = "select turn, sender, content from messages where conversation_id = $1 order by turn, sender desc"
    return [tuple(row) for row in await owner.fetch(query, UUID(conversation_id))]


class TestBegin:
    async def test_the_first_message_makes_a_conversation_with_its_beginning_for_a_title(
        self, talk: Talk, owner: Any
    ) -> None:
        begun = await talk.say("  Tell me\nof the sea " + "and of ships " * 20, p_project_id=str(uuid4()))
        row = await owner.fetchrow("select * from conversations where id = $1", UUID(begun["conversation_id"]))
        assert (begun["outcome"], str(row["user_id"])) == ("begun", talk.user_id)
        assert row["title"].startswith("Tell me of the sea and of ships")
        assert len(row["title"]) == 80
        assert row["project_id"] is not None

    async def test_the_model_reads_what_was_said_before_oldest_first(self, talk: Talk) -> None:
        conversation = await talk.exchange("one", "two")
        await talk.exchange("three", "four", conversation)
        begun = await talk.say("five", conversation)
        assert said(begun) == ["one", "two", "three", "four", "five"]
        assert [turn["sender"] for turn in begun["turns"]] == ["user", "assistant", "user", "assistant", "user"]

    async def test_only_the_last_messages_are_read(self, talk: Talk) -> None:
        conversation = await talk.exchange("one", "two")
        await talk.exchange("three", "four", conversation)
        assert said(await talk.say("five", conversation, p_context=2)) == ["four", "five"]

    async def test_a_message_without_an_answer_stays_one(self, talk: Talk, owner: Any) -> None:
        conversation = (await talk.say("one"))["conversation_id"]
        assert said(await talk.say("two", conversation)) == ["one", "two"]
        assert await stored(owner, conversation) == [(1, "user", "one"), (2, "user", "two")]

    async def test_what_was_said_in_nsfw_is_not_read_in_sfw(self, talk: Talk, owner: Any) -> None:
        """S21: the tier that is asked for is the one that is kept to."""
        await owner.execute("update profiles set age_verified = true where id = $1", UUID(talk.user_id))
        conversation = await talk.exchange("one", "two")
        await talk.exchange("three", "four", conversation, p_content_tier="nsfw")
        assert said(await talk.say("five", conversation)) == ["one", "two", "five"]
        assert said(await talk.say("six", conversation, p_content_tier="nsfw"))[-4:] == ["three", "four", "five", "six"]

    async def test_it_brings_the_template_and_the_worker_along(self, talk: Talk, database: Any, owner: Any) -> None:
        await owner.execute("delete from workers")
        assert (await talk.say())["worker"] is None
        await database.call(
            "register_worker", p_worker_type="chat", p_worker_id="chat-1", p_url="http://chat.workers.test"
        )
        begun = await talk.say()
        await owner.execute("delete from workers")
        assert begun["worker"]["url"] == "http://chat.workers.test"
        assert (begun["template"]["use_case"], begun["template"]["content_mode"]) == ("general", "sfw")

    async def test_without_a_template_there_is_none(self, talk: Talk, owner: Any) -> None:
        await owner.execute("update prompt_templates set is_active = false where job_type = 'chat'")
        begun = await talk.say()
        await owner.execute("update prompt_templates set is_active = true where job_type = 'chat'")
        assert begun["template"] is None


class TestAgain:
    async def test_the_same_message_is_stored_once(self, talk: Talk, owner: Any) -> None:
        """Q10"""
        ids = {"p_message_id": str(uuid4())}
        first, second = await talk.say("one", **ids), await talk.say("one", **ids)
        assert first == second
        assert await stored(owner, first["conversation_id"]) == [(1, "user", "one")]

    async def test_five_times_at_once_it_is_stored_once(self, talk: Talk, owner: Any) -> None:
        ids = {"p_message_id": str(uuid4())}
        answers = await asyncio.gather(*(talk.say("one", **ids) for _ in range(5)))
        assert {answer["conversation_id"] for answer in answers} == {answers[0]["conversation_id"]}
        assert await stored(owner, answers[0]["conversation_id"]) == [(1, "user", "one")]

    async def test_once_it_is_answered_it_gets_that_answer(self, talk: Talk) -> None:
        ids = {"p_message_id": str(uuid4())}
        await talk.answer(await talk.say("one", **ids), "two", finish_reason="stop")
        again = await talk.say("one", **ids)
        assert (again["outcome"], again["message"]["content"]) == ("answered", "two")
        assert again["message"]["metadata"]["finish_reason"] == "stop"

    async def test_it_reads_nothing_that_was_said_after_it(self, talk: Talk) -> None:
        ids = {"p_message_id": str(uuid4())}
        conversation = (await talk.say("one", **ids))["conversation_id"]
        await talk.exchange("two", "three", conversation)
        assert said(await talk.say("one", conversation, **ids)) == ["one"]

    @pytest.mark.parametrize("change", ["content", "conversation", "tier"])
    async def test_another_message_under_its_id_is_a_conflict(self, talk: Talk, owner: Any, change: str) -> None:
        await owner.execute("update profiles set age_verified = true where id = $1", UUID(talk.user_id))
        ids = {"p_message_id": str(uuid4())}
        conversation = (await talk.say("one", **ids))["conversation_id"]
        other = {
            "content": {"content": "two"},
            "conversation": {"content": "one", "conversation_id": str(uuid4())},
            "tier": {"content": "one", "p_content_tier": "nsfw"},
        }[change]
        assert await talk.say(**other, **ids) == {"outcome": "conflict"}
        assert await stored(owner, conversation) == [(1, "user", "one")]

    async def test_an_answer_s_id_is_no_message_s(self, talk: Talk) -> None:
        finished = await talk.answer(await talk.say("one"), "two")
        assert await talk.say("two", p_message_id=finished["message"]["id"]) == {"outcome": "conflict"}


class TestRefused:
    async def test_another_s_conversation_is_not_found_and_left_alone(
        self, talk: Talk, other_talk: Talk, owner: Any
    ) -> None:
        """P6"""
        conversation = await other_talk.exchange("one", "two")
        assert await talk.say("mine", conversation) == {"outcome": "not_found"}
        assert len(await stored(owner, conversation)) == 2

    async def test_another_s_message_is_not_found(self, talk: Talk, other_talk: Talk) -> None:
        """P6"""
        theirs = await other_talk.say("one")
        assert await talk.say("one", p_message_id=theirs["message_id"]) == {"outcome": "not_found"}

    async def test_nsfw_needs_a_verified_account_and_nothing_is_stored_without(self, talk: Talk, owner: Any) -> None:
        assert await talk.say(p_content_tier="nsfw") == {"outcome": "adult_not_verified"}
        assert await owner.fetchval("select count(*) from conversations where user_id = $1", UUID(talk.user_id)) == 0

    async def test_who_says_too_much_in_a_minute_has_to_wait(self, talk: Talk, owner: Any) -> None:
        """Q11"""
        async with limits(owner, model_asks_per_minute=2):
            conversation = (await talk.say("one"))["conversation_id"]
            await talk.say("two", conversation)
            refused = await talk.say("three", conversation)
            assert (refused["outcome"], refused["limit"]) == ("rate_limited", 2)
            assert 50 < refused["retry_after"] <= 60
            await owner.execute(
                "update model_asks set asked_at = asked_at - interval '1 minute' where user_id = $1",
                UUID(talk.user_id),
            )
            assert (await talk.say("three", conversation))["outcome"] == "begun"

    async def test_asking_again_and_deleting_what_was_said_count_too(self, talk: Talk, owner: Any) -> None:
        """Q11: else one user has the worker's line for ever."""
        async with limits(owner, model_asks_per_minute=2):
            ids = {"p_message_id": str(uuid4())}
            assert (await talk.say("one", **ids))["outcome"] == "begun"
            assert (await talk.say("one", **ids))["outcome"] == "begun"
            assert (await talk.say("one", **ids))["outcome"] == "rate_limited"
            await owner.execute("delete from conversations where user_id = $1", UUID(talk.user_id))
            assert (await talk.say("two"))["outcome"] == "rate_limited"

    async def test_in_maintenance_nothing_is_taken(self, talk: Talk, owner: Any) -> None:
        async with limits(owner, maintenance="Back at noon."):
            assert await talk.say() == {"outcome": "maintenance", "message": "Back at noon."}

    async def test_who_does_not_exist_says_nothing(self, database: Any) -> None:
        assert await Talk(database, str(uuid4())).say() == {"outcome": "no_account"}


class TestFinish:
    async def test_an_answer_is_stored_once(self, talk: Talk, owner: Any) -> None:
        begun = await talk.say("one")
        first, second = await talk.answer(begun, "two"), await talk.answer(begun, "another")
        assert (first["outcome"], second["outcome"]) == ("finished", "answered")
        assert first["message"] == second["message"]
        assert await stored(owner, begun["conversation_id"]) == [(1, "user", "one"), (1, "assistant", "two")]

    async def test_the_conversation_tells_when_something_was_said_last(self, talk: Talk, owner: Any) -> None:
        begun = await talk.say("one")
        query = "select updated_at from conversations where id = $1"
        before = await owner.fetchval(query, UUID(begun["conversation_id"]))
        await talk.answer(begun)
        assert await owner.fetchval(query, UUID(begun["conversation_id"])) > before

    async def test_what_was_deleted_meanwhile_is_not_found(self, talk: Talk, as_user: Session) -> None:
        begun = await talk.say("one")
        await as_user.fetch("delete from conversations where id = $1", begun["conversation_id"])
        assert await talk.answer(begun) == {"outcome": "not_found"}


class TestTables:
    async def test_users_read_their_own_and_no_others(
        self, talk: Talk, other_talk: Talk, as_user: Session, as_anonymous: Session
    ) -> None:
        """P6"""
        mine, _ = await talk.exchange("one", "two"), await other_talk.exchange("three", "four")
        assert [str(row["id"]) for row in await as_user.fetch("select id from conversations")] == [mine]
        assert {row["content"] for row in await as_user.fetch("select content from messages")} == {"one", "two"}
        for table in ("conversations", "messages"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await as_anonymous.fetch(f"select * from {table}")

    async def test_users_name_and_delete_their_own_conversations(
        self, talk: Talk, other_talk: Talk, as_user: Session, owner: Any
    ) -> None:
        """P6"""
        mine, theirs = await talk.exchange("one", "two"), await other_talk.exchange("one", "two")
        for conversation, changed in ((mine, 1), (theirs, 0)):
            query = "update conversations set title = 'Mine' where id = $1 returning id"
            assert len(await as_user.fetch(query, conversation)) == changed
        for conversation, left in ((mine, 0), (theirs, 2)):
            await as_user.fetch("delete from conversations where id = $1", conversation)
            assert len(await stored(owner, conversation)) == left

    @pytest.mark.parametrize(
        "statement",
        [
            "insert into conversations (user_id) values (auth.uid())",
            "update conversations set user_id = auth.uid()",
            "insert into messages (conversation_id, user_id, sender, turn, content) values "
            "(gen_random_uuid(), auth.uid(), 'assistant', 1, 'x')",
            "update messages set content = 'x'",
            "delete from messages",
        ],
    )
    async def test_clients_write_no_message(self, as_user: Session, statement: str) -> None:
        """P6: what the model is told to have said, it said."""
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await as_user.fetch(statement)
