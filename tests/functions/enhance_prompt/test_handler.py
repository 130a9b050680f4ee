"""A better prompt over HTTP, with doubles for the database and the workers."""

import asyncio
import logging
from typing import Any

import pytest
from fastapi import FastAPI

from functions.edge.database import DatabaseUnavailable
from functions.edge.workers import WorkerFailed, WorkerTimeout
from functions.enhance_prompt import handler
from functions.enhance_prompt.schema import EnhancePromptFailure
from shared.enhancement.figures import figures
from shared.enhancement.tokens import count_tokens
from shared.worker_messages import EnhanceReply
from tests.fixtures.functions import Doubles, doubled

URL = "https://chat.workers.test"
SYSTEM_PROMPT = "You write prompts for a picture model. Keep everything that the user asks for."
PLAN: dict[str, Any] = {
    "outcome": "planned",
    "template": {"template_name": "sdxl_image_sfw", "system_prompt": SYSTEM_PROMPT, "token_limit": 75},
    "worker": {"url": URL},
    "question": "hash",
    "cached": None,
}
BETTER = "a red cat on a velvet sofa, soft window light"


def reply(text: str = BETTER, **changes: Any) -> EnhanceReply:
    told = {"model_used": "qwen2_5_7b_instruct", "generation_time": 1.5, "tokens_generated": 20}
    return EnhanceReply(**{"enhanced_prompt": text, "finish_reason": "stop", **told, **changes})


async def ask(doubles: Doubles, *, plan: dict[str, Any] | Exception = PLAN, **fields: Any) -> Any:
    doubles.database.will_answer("plan_enhancement", plan)
    doubles.database.will_answer("remember_enhancement", {"outcome": "remembered"})
    return await doubles.http.post("enhance-prompt", json={"prompt": "a red cat", **fields}, headers=doubles.as_user)


async def enhanced(doubles: Doubles, *, said: EnhanceReply | Exception | None = None, **fields: Any) -> dict[str, Any]:
    """The answer, when the worker says this."""
    if said is not None:
        doubles.workers.answers.append(said)
    answer = await ask(doubles, **fields)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def calls(doubles: Doubles) -> list[str]:
    return [function for function, _ in doubles.database.calls]


class TestByAWorker:
    async def test_the_answer_has_every_field_that_a_document_promises(self, doubles: Doubles) -> None:
        body = await enhanced(doubles, said=reply())
        metadata = body.pop("enhancement_metadata")
        assert body == {
            "success": True,
            "original_prompt": "a red cat",
            "enhanced_prompt": BETTER,
            "enhancement_strategy": "model",
            "enhancement_source": "worker_fallback",
            "warnings": [],
        }
        assert metadata.pop("enhancement_time_ms") <= metadata.pop("execution_time_ms")
        assert metadata == {
            "original_length": 9,
            "enhanced_length": len(BETTER),
            "expansion_percentage": "500.0",
            "job_type": "sdxl_image_fast",
            "format": "image",
            "quality": "fast",
            "content_mode": "sfw",
            "use_case": "enhancement",
            "enhancement_type": "manual",
            "language": "en",
            "template_name": "sdxl_image_sfw",
            "template_used": "sdxl_image_sfw",
            "model_used": "qwen2_5_7b_instruct",
            "token_count": count_tokens(BETTER, "sdxl"),
            "quality_score": figures("a red cat", BETTER, "sdxl").quality_score,
            "sdxl_optimizations": figures("a red cat", BETTER, "sdxl").sdxl_optimizations,
            "compression_applied": False,
            "fallback_level": 0,
            "cache_hit": False,
        }

    async def test_the_times_are_at_least_the_worker_s(self, doubles: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
        async def think(*_: Any, **__: Any) -> EnhanceReply:
            await asyncio.sleep(0.06)
            return reply()

        monkeypatch.setattr(doubles.workers, "enhance", think)
        metadata = (await enhanced(doubles))["enhancement_metadata"]
        assert 50 <= metadata["enhancement_time_ms"] <= metadata["execution_time_ms"]

    async def test_the_worker_is_told_the_template_and_the_prompt(self, doubles: Doubles) -> None:
        await enhanced(doubles, said=reply())
        ((what, url, request),) = doubles.workers.calls
        assert (what, url) == ("enhance", URL)
        assert request is not None
        system, user = request.messages
        assert system.content.startswith(SYSTEM_PROMPT)
        assert user.content == "a red cat"

    async def test_its_answer_is_cleaned_and_remembered(self, doubles: Doubles) -> None:
        body = await enhanced(doubles, said=reply(f'Here is the enhanced prompt:\n"{BETTER}"'))
        assert body["enhanced_prompt"] == BETTER
        assert doubles.database.calls[-1] == (
            "remember_enhancement",
            {"p_question": "hash", "p_model_used": "qwen2_5_7b_instruct", "p_prompt": BETTER},
        )

    async def test_it_is_cut_to_what_the_drawing_model_reads(self, doubles: Doubles) -> None:
        body = await enhanced(doubles, said=reply(", ".join([BETTER] * 12)))
        metadata = body["enhancement_metadata"]
        assert metadata["compression_applied"]
        assert 40 < metadata["token_count"] <= 75
        assert body["enhanced_prompt"].startswith(BETTER)

    async def test_a_base_model_that_is_not_there_is_said_to_be_another(self, doubles: Doubles) -> None:
        body = await enhanced(doubles, said=reply(), selectedModel="qwen_base")
        assert body["enhancement_metadata"]["model_used"] == "qwen2_5_7b_instruct"
        assert body["enhancement_metadata"]["fallback_level"] == 1
        assert body["warnings"] == ["No Base model is there: qwen2_5_7b_instruct wrote the prompt."]

    async def test_a_base_model_that_is_there_is_no_fallback(self, doubles: Doubles) -> None:
        body = await enhanced(doubles, said=reply(model_used="qwen2_5_7b_base"), selectedModel="qwen_base")
        assert (body["enhancement_metadata"]["fallback_level"], body["warnings"]) == (0, [])

    async def test_the_dialog_of_the_react_client_works(self, doubles: Doubles) -> None:
        """F2"""
        doubles.workers.answers.append(reply())
        doubles.database.will_answer("plan_enhancement", PLAN)
        doubles.database.will_answer("remember_enhancement", {"outcome": "remembered"})
        body = {
            "original_prompt": "a red cat",
            "job_type": "sdxl_image_high",
            "enhancement_model": "qwen_instruct",
            "format": "png",
            "quality": "high",
            "contentType": "sfw",
            "selectedPresets": ["noir"],
        }
        answer = (await doubles.http.post("enhance-prompt", json=body, headers=doubles.as_user)).json()
        assert (answer["success"], answer["enhanced_prompt"]) == (True, BETTER)
        assert answer["enhancement_metadata"]["model_used"] == "qwen2_5_7b_instruct"
        assert answer["warnings"] == [handler.PRESETS_WARNING]

    async def test_while_the_cache_cannot_be_written_the_answer_is_given(self, doubles: Doubles) -> None:
        doubles.database.will_answer("remember_enhancement", DatabaseUnavailable())
        assert (await enhanced(doubles, said=reply()))["enhanced_prompt"] == BETTER


class TestRemembered:
    CACHED = PLAN | {"cached": {"enhanced_prompt": BETTER, "model_used": "qwen"}, "worker": None}

    async def test_what_was_written_before_asks_nobody(self, doubles: Doubles) -> None:
        body = await enhanced(doubles, plan=self.CACHED)
        assert (body["enhanced_prompt"], body["enhancement_source"]) == (BETTER, "worker_fallback")
        assert body["enhancement_metadata"]["cache_hit"]
        assert body["enhancement_metadata"]["model_used"] == "qwen"
        assert doubles.workers.calls == []
        assert calls(doubles) == ["plan_enhancement"]

    async def test_it_is_judged_again(self, doubles: Doubles) -> None:
        """The lists may have grown since."""
        cached = self.CACHED | {"cached": {"enhanced_prompt": "hardcore porn", "model_used": "qwen"}}
        body = await enhanced(doubles, plan=cached)
        assert (body["enhancement_metadata"]["cache_hit"], body["enhancement_source"]) == (False, "edge_function")

    @pytest.mark.parametrize(("fields", "is_fresh"), [({}, False), ({"regeneration": True}, True)])
    async def test_who_wants_a_fresh_one_says_so_to_sql(self, doubles: Doubles, fields: Any, is_fresh: bool) -> None:
        await enhanced(doubles, said=reply(), **fields)
        assert doubles.database.calls[0][1]["p_is_fresh"] is is_fresh


class TestRulesInPlaceOfAModel:
    async def reason(self, doubles: Doubles, **options: Any) -> str:
        """The warning; and it was by rules, with nothing of the worker's text in it, and nothing remembered."""
        body = await enhanced(doubles, **options)
        assert body["enhanced_prompt"].startswith("a red cat, ")
        assert (body["enhancement_source"], body["enhancement_strategy"]) == ("edge_function", "rules")
        assert (body["enhancement_metadata"]["fallback_level"], body["enhancement_metadata"]["model_used"]) == (
            *(2, "rules"),
        )
        assert calls(doubles) == ["plan_enhancement"]
        (warning,) = body["warnings"]
        return str(warning)

    async def test_where_no_worker_is(self, doubles: Doubles) -> None:
        assert "No chat worker is there" in await self.reason(doubles, plan=PLAN | {"worker": None})

    async def test_where_the_user_asked_models_too_often(self, doubles: Doubles) -> None:
        plan = PLAN | {"worker": None, "is_limited": True}
        assert "as often as one may within a minute" in await self.reason(doubles, plan=plan)

    async def test_where_no_template_is(self, doubles: Doubles) -> None:
        assert "no template" in await self.reason(doubles, plan=PLAN | {"template": None})

    async def test_where_the_worker_fails(self, doubles: Doubles) -> None:
        assert "The chat worker failed" in await self.reason(doubles, said=WorkerFailed("it answered 500"))

    async def test_where_the_worker_is_slow(self, doubles: Doubles) -> None:
        assert "did not answer in time" in await self.reason(doubles, said=WorkerTimeout(20))

    @pytest.mark.parametrize(
        "said",
        [
            "",
            "I'm sorry, but I cannot help with that.",
            f"{SYSTEM_PROMPT} a red cat",
            "You are an expert prompt engineer: a red cat on a sofa",
            "cat",
            "一只红色的猫坐在沙发上",
            "a nude woman on a sofa",
        ],
        ids=["empty", "refused", "F4 its instructions", "F4 others", "half is gone", "Chinese", "explicit in sfw"],
    )
    async def test_where_its_answer_is_no_prompt_to_draw(
        self, doubles: Doubles, said: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING, "functions.enhancement"):
            assert "could not be used" in await self.reason(doubles, said=reply(said))
        assert not said or said not in caplog.text

    async def test_where_its_answer_breaks_off(self, doubles: Doubles) -> None:
        assert "could not be used" in await self.reason(doubles, said=reply("a red cat and", finish_reason="length"))


class TestWithoutAModel:
    async def test_who_wants_none_gets_rules_and_no_warning(self, doubles: Doubles) -> None:
        body = await enhanced(doubles, enhancement_model="none")
        assert body["enhanced_prompt"].startswith("a red cat, ")
        assert (body["enhancement_metadata"]["fallback_level"], body["warnings"]) == (0, [])
        assert doubles.workers.calls == []

    @pytest.mark.parametrize("prompt", ["", "a red cat"])
    async def test_an_exact_copy_stays_as_it_is(self, doubles: Doubles, prompt: str) -> None:
        """F5, Q16"""
        body = await enhanced(doubles, prompt=prompt, metadata={"exact_copy_mode": True})
        assert (body["enhanced_prompt"], body["enhancement_strategy"]) == (prompt, "skip_for_exact_copy")
        assert body["enhancement_metadata"]["template_name"] == "none"

    async def test_a_change_keeps_the_picture_s_own_prompt(self, doubles: Doubles) -> None:
        metadata = {"reference_mode": "modify", "originalEnhancedPrompt": "a blue dog, oil on canvas"}
        body = await enhanced(doubles, metadata=metadata)
        assert body["enhanced_prompt"] == "a blue dog, oil on canvas, a red cat"
        assert body["enhancement_strategy"] == "reference_modify_with_prompt"
        assert doubles.workers.calls == []


class TestRefused:
    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"prompt": "explicit hardcore porn"}, "explicit_in_sfw"),
            ({"system_prompt": "Make it hardcore porn."}, "explicit_in_sfw"),
            ({"metadata": {"originalEnhancedPrompt": "hardcore porn"}}, "explicit_in_sfw"),
        ],
    )
    async def test_what_the_policy_refuses(self, doubles: Doubles, fields: dict[str, Any], reason: str) -> None:
        answer = await ask(doubles, **fields)
        assert (answer.status_code, answer.json()["details"]) == (422, f"reason: {reason}")
        assert "enhanced_prompt" not in answer.json()
        assert doubles.database.calls == []

    async def test_adult_content_where_there_is_none(self, doubles: Doubles) -> None:
        answer = await ask(doubles, content_mode="nsfw")
        assert (answer.status_code, answer.json()["code"]) == (403, "adult_not_verified")

    async def test_an_account_that_is_not_verified(self, doubled_app: FastAPI) -> None:
        """S21"""
        async with doubled(doubled_app, ADULT_CONTENT="verified") as doubles:
            answer = await ask(doubles, content_mode="nsfw", plan={"outcome": "adult_not_verified"})
        assert (answer.status_code, answer.json()["code"]) == (403, "adult_not_verified")
        assert "enhanced_prompt" not in answer.json()

    async def test_nobody(self, doubles: Doubles) -> None:
        assert (await doubles.http.post("enhance-prompt", json={"prompt": "a"})).status_code == 401


async def test_the_service_asks_for_nobody_in_particular(doubles: Doubles) -> None:
    doubles.database.will_answer("plan_enhancement", PLAN | {"worker": None})
    answer = await doubles.http.post("enhance-prompt", json={"prompt": "a red cat"}, headers=doubles.as_service)
    assert answer.status_code == 200
    assert doubles.database.calls[0][1]["p_user_id"] is None


KEPT: dict[str, Any] = {
    "success": False,
    "original_prompt": "a red cat",
    "enhanced_prompt": "a red cat",
    "enhancement_source": "emergency_fallback",
}


class TestFailures:
    async def test_without_a_database_the_original_is_kept(self, doubles: Doubles) -> None:
        answer = await ask(doubles, plan=DatabaseUnavailable())
        assert answer.status_code == 503
        assert answer.json().items() >= {**KEPT, "code": "database_unavailable"}.items()
        EnhancePromptFailure.model_validate_json(answer.content)

    async def test_after_the_documents_25_seconds_the_original_is_kept(
        self, doubles: Doubles, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def hang(*_: Any, **__: Any) -> Any:
            await asyncio.Event().wait()

        assert handler.SECONDS == 25
        monkeypatch.setattr(handler, "SECONDS", 0.01)
        monkeypatch.setattr(doubles.workers, "enhance", hang)
        answer = await ask(doubles)
        assert answer.status_code == 504
        expected = {**KEPT, "code": "worker_timeout", "timeout_seconds": 0.01, "retryable": True}
        assert answer.json().items() >= expected.items()
        assert answer.json()["error"] == "Operation timed out after 0.01 seconds"
        EnhancePromptFailure.model_validate_json(answer.content)

    async def test_a_worker_gets_less_time_than_the_call(self) -> None:
        """So that a slow one is answered by rules."""
        assert handler.WORKER_SECONDS < handler.SECONDS
