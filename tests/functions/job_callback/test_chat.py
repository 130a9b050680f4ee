"""What a claimed job asks of a language model, and what becomes of its answer, over the stack."""

from typing import Any
from uuid import UUID

import pytest

from shared.conversation import ChatRequest
from shared.messages import ClaimReply
from tests.fixtures.wire import Attempt, Wire

TALK = {"job_type": "chat_conversation", "prompt": "What do you see?", "seed": 41}
AT_WORKER = {
    "requested": True,
    "status": "at_worker",
    "model": "qwen_instruct",
    "style": "manual",
    "one_turn": False,
    "language": "en",
}


def asked(attempt: Attempt) -> ChatRequest:
    chat = ClaimReply.model_validate(attempt.claim).job.chat
    assert chat is not None
    return chat


async def enhanced_job(wire: Wire, job_type: str = "video7b_fast_enhanced", **changes: Any) -> str:
    """A job of a type whose family nothing serves here yet, as its submission would have written it."""
    job_id = await wire.submit(seed=41)
    await wire.owner.execute(
        "update jobs set job_type = $2, metadata = metadata || $3 where id = $1",
        UUID(job_id),
        job_type,
        {"enhancement": {**AT_WORKER, **changes}},
    )
    return job_id


class TestTalk:
    async def test_the_template_comes_first_then_what_was_said_then_the_prompt(self, wire: Wire) -> None:
        said = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]
        numbers = {"temperature": 0.5, "top_p": 0.5, "max_tokens": 9, "stop": ["User:"]}
        chat = asked(await wire.start(**TALK, **numbers, messages=said, system_prompt="Be brief."))
        assert [turn.role for turn in chat.messages] == ["system", "user", "assistant", "user"]
        assert chat.messages[0].content.startswith("You are the assistant of OurVidz")
        assert chat.messages[0].content.endswith("\n\nBe brief.")
        assert chat.messages[-1].content == "What do you see?"
        assert (chat.temperature, chat.top_p, chat.max_tokens, chat.seed, chat.stop) == (0.5, 0.5, 9, 41, ["User:"])

    async def test_a_seed_is_drawn_once_for_all_attempts(self, wire: Wire) -> None:
        chat = asked(await wire.start(job_type="chat_conversation", prompt="What do you see?"))
        assert chat.seed is not None

    async def test_nothing_is_to_be_uploaded(self, wire: Wire) -> None:
        attempt = await wire.start(**TALK)
        assert attempt.claim["uploads"] == []

    async def test_the_answer_is_the_result_and_there_is_no_asset(self, wire: Wire) -> None:
        attempt = await wire.start(**TALK)
        answer = await attempt.say("processing", progress=0.5, stage="writing", text="I see")
        assert answer.status_code == 200, answer.text
        row = await wire.job(attempt.job_id)
        assert (row["result"], row["stage"], row["progress"]) == ({"text": "I see"}, "writing", 0.5)
        answer = await attempt.say("completed", text="I see a fox.", metadata={"finish_reason": "stop"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["debug"]["assetsProcessed"] == 0
        row = await wire.job(attempt.job_id)
        assert (row["status"], row["result"], row["progress"]) == ("completed", {"text": "I see a fox."}, 1)
        assert row["metadata"]["worker"]["finish_reason"] == "stop"
        assert await wire.assets(attempt.job_id) == []
        shown = await wire.edge.http.get(f"jobs/{attempt.job_id}", headers=wire.user.headers)
        assert shown.status_code == 200, shown.text
        assert "I see a fox." in shown.text


class TestEnhancement:
    async def test_chat_enhance_asks_for_a_prompt_of_its_reader(self, wire: Wire) -> None:
        chat = asked(await wire.start(job_type="chat_enhance", prompt="a red cat", target_model="wan", seed=41))
        system, user = chat.messages
        assert "Wan 2.1, which makes a film" in system.content
        assert (user.content, chat.seed) == ("a red cat", 41)

    async def test_the_caller_s_own_instructions_take_the_template_s_place(self, wire: Wire) -> None:
        chat = asked(await wire.start(job_type="chat_enhance", prompt="a red cat", system_prompt="Make it rhyme."))
        assert chat.messages[0].content.startswith("Make it rhyme.")

    async def test_an_enhanced_type_asks_for_a_film_s_prompt(self, wire: Wire) -> None:
        attempt = await wire.claim(await enhanced_job(wire, one_turn=True, language="zh"))
        (user,) = asked(attempt).messages
        assert "Wan 2.1" in user.content
        assert "simplified Chinese" in user.content
        assert user.content.endswith("\nThe prompt:\na red cat")
        job = attempt.claim["job"]
        assert (job["prompt"], job["metadata"]) == ("a red cat", {"original_prompt": "a red cat", "language": "zh"})

    async def test_a_picture_asks_for_none(self, wire: Wire) -> None:
        assert (await wire.start()).claim["job"]["chat"] is None

    @pytest.mark.parametrize(
        ("told", "enhanced_prompt", "status", "strategy"),
        [
            ({"enhancement_success": True}, "A red cat walks.", "enhanced", "model"),
            ({"enhancement_success": False}, None, "kept", "original_kept"),
        ],
    )
    async def test_the_row_says_what_the_worker_drew(
        self, wire: Wire, told: dict[str, Any], enhanced_prompt: str | None, status: str, strategy: str
    ) -> None:
        attempt = await wire.claim(await enhanced_job(wire, "sdxl_image_fast"))
        metadata = {**told, "enhancement_time": 1.25, "enhancement_model": "qwen"}
        answer = await attempt.complete(enhanced_prompt=enhanced_prompt, metadata=metadata)
        assert answer.status_code == 200, answer.text
        row = await wire.job(attempt.job_id)
        assert (row["enhanced_prompt"], row["enhancement_strategy"]) == (enhanced_prompt, strategy)
        assert row["enhancement_time_ms"] == 1250
        assert (row["metadata"]["enhancement"]["status"], row["metadata"]["enhancement"]["model_used"]) == (
            *(status, "qwen"),
        )
