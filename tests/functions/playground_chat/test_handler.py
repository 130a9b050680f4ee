"""What users say to the language model, over doubles of the database and of the worker."""

import asyncio
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
import pytest
from fastapi import FastAPI

from functions.edge.database import DatabaseUnavailable
from functions.edge.workers import WorkerFailed, WorkerTimeout
from shared.worker_messages import ChatReply
from tests.fixtures.conversations import begun, finished
from tests.fixtures.functions import Doubles, doubled

URL = "http://chat.workers.test"


def reply(response: str = "Hello.", **changes: Any) -> ChatReply:
    told = {"model_used": "qwen2_random", "generation_time": 0.5, "tokens_generated": 3, "finish_reason": "stop"}
    return ChatReply(**{"response": response, **told} | changes)


async def say(
    doubles: Doubles, message: str = "Hi", headers: dict[str, str] | None = None, **body: Any
) -> httpx.Response:
    return await doubles.http.post(
        "playground-chat", json={"message": message, **body}, headers={**doubles.as_user, **(headers or {})}
    )


async def answered(doubles: Doubles, message: str = "Hi", headers: dict[str, str] | None = None, **body: Any) -> Any:
    """The answer's body, where all goes well."""
    doubles.database.will_answer("begin_turn", begun(message))
    doubles.database.will_answer("finish_turn", finished())
    doubles.workers.answers.append(reply())
    answer = await say(doubles, message, headers, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def called(doubles: Doubles, function: str) -> dict[str, Any]:
    (arguments,) = [arguments for name, arguments in doubles.database.calls if name == function]
    return arguments


class TestAnswer:
    async def test_it_is_the_row_that_was_stored(self, doubles: Doubles) -> None:
        row = finished("Hello.", model_used="qwen2_random", response_time_ms=7)
        doubles.database.will_answer("begin_turn", begun())
        doubles.database.will_answer("finish_turn", row)
        doubles.workers.answers.append(reply())
        body = (await say(doubles)).json()
        assert body == {
            "success": True,
            "response": "Hello.",
            "conversation_id": row["message"]["conversation_id"],
            "message_id": str(called(doubles, "begin_turn")["p_message_id"]),
            "generation_time": 0.5,
            "content_tier": "sfw",
            "metadata": {
                "model_used": "qwen2_random",
                "response_time_ms": 7,
                "finish_reason": "stop",
                "warnings": [],
                "answer_id": row["message"]["id"],
            },
        }

    async def test_what_is_stored_tells_what_really_answered(self, doubles: Doubles) -> None:
        """P9"""
        doubles.database.will_answer("begin_turn", begun())
        doubles.database.will_answer("finish_turn", finished())
        doubles.workers.answers.append(reply(finish_reason="length", prompt_tokens=40, turns_left_out=2, seed=9))
        await say(doubles)
        stored = called(doubles, "finish_turn")
        metadata = stored["p_metadata"]
        assert stored["p_content"] == "Hello."
        assert metadata.pop("response_time_ms") >= 0
        assert metadata == {
            "model_used": "qwen2_random",
            "generation_time": 0.5,
            "tokens_generated": 3,
            "finish_reason": "length",
            "prompt_tokens": 40,
            "turns_left_out": 2,
            "seed": 9,
            "warnings": [],
            "content_tier": "sfw",
            "template_name": "chat_general_sfw",
        }

    async def test_the_time_is_at_least_the_worker_s(self, doubles: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
        async def think(*_: Any, **__: Any) -> ChatReply:
            await asyncio.sleep(0.06)
            return reply()

        monkeypatch.setattr(doubles.workers, "chat", think)
        await answered(doubles)
        assert called(doubles, "finish_turn")["p_metadata"]["response_time_ms"] >= 50

    async def test_a_base_model_that_is_not_there_is_told(self, doubles: Doubles) -> None:
        """P9"""
        await answered(doubles, model_type="qwen_base")
        warnings = called(doubles, "finish_turn")["p_metadata"]["warnings"]
        assert warnings == ["No Base model is configured: the Instruct model answered."]


class TestWhatTheWorkerIsAsked:
    async def _order(self, doubles: Doubles, **body: Any) -> Any:
        await answered(doubles, **body)
        ((what, url, order),) = doubles.workers.calls
        assert (what, url) == ("chat", URL)
        return order

    async def test_the_template_the_turns_and_nothing_else(self, doubles: Doubles) -> None:
        doubles.database.will_answer("begin_turn", begun("one", "two", "three"))
        doubles.database.will_answer("finish_turn", finished())
        doubles.workers.answers.append(reply())
        await say(doubles, "three")
        ((_, _, order),) = doubles.workers.calls
        assert order is not None
        assert [(turn.role, turn.content) for turn in order.messages] == [
            ("system", "Be kind."),
            ("user", "one"),
            ("assistant", "two"),
            ("user", "three"),
        ]
        assert (order.max_tokens, order.temperature, order.seed, order.content_mode) == (512, 0.8, None, "sfw")

    async def test_the_user_s_system_prompt_follows_the_template(self, doubles: Doubles) -> None:
        order = await self._order(doubles, system_prompt="You are a fox.")
        assert order.messages[0].content == "Be kind.\n\nYou are a fox."

    async def test_without_a_template_a_plain_one_of_ours(self, doubles: Doubles) -> None:
        doubles.database.will_answer("begin_turn", begun(template=None))
        doubles.database.will_answer("finish_turn", finished())
        doubles.workers.answers.append(reply())
        assert (await say(doubles)).status_code == 200
        order = doubles.workers.calls[0][2]
        assert order is not None
        assert order.messages[0].content.startswith("You are a helpful assistant.")
        assert called(doubles, "finish_turn")["p_metadata"]["template_name"] is None

    async def test_a_long_response_may_be_longer(self, doubles: Doubles) -> None:
        assert (await self._order(doubles, long_response=True)).max_tokens == 1536

    async def test_numbers_that_are_named_are_those(self, doubles: Doubles) -> None:
        order = await self._order(doubles, temperature=0, max_tokens=7, seed=3, stop=["User:", "\n"])
        assert (order.temperature, order.max_tokens, order.seed, order.stop) == (0, 7, 3, ["User:", "\n"])

    async def test_a_turn_longer_than_any_worker_reads_is_cut(self, doubles: Doubles) -> None:
        doubles.database.will_answer("begin_turn", begun("one", "x" * 30_000, "three"))
        doubles.database.will_answer("finish_turn", finished())
        doubles.workers.answers.append(reply())
        assert (await say(doubles, "three")).status_code == 200


class TestAgain:
    async def test_an_idempotency_key_stands_for_one_message_of_one_user(self, doubles: Doubles) -> None:
        await answered(doubles, headers={"Idempotency-Key": "once"})
        assert called(doubles, "begin_turn")["p_message_id"] == uuid5(doubles.user_id, "once")

    async def test_the_client_s_own_id_is_used(self, doubles: Doubles) -> None:
        mine = str(uuid4())
        body = await answered(doubles, message_id=mine)
        assert body["message_id"] == mine
        assert called(doubles, "begin_turn")["p_message_id"] == UUID(mine)

    async def test_what_was_answered_is_answered_again_and_no_worker_is_asked(self, doubles: Doubles) -> None:
        doubles.database.will_answer("begin_turn", finished("As before.", "answered"))
        answer = await say(doubles)
        assert (answer.status_code, answer.json()["response"]) == (200, "As before.")
        assert doubles.workers.calls == []

    async def test_where_two_answers_were_made_the_first_one_is_told(self, doubles: Doubles) -> None:
        doubles.database.will_answer("begin_turn", begun())
        doubles.database.will_answer("finish_turn", finished("The first.", "answered"))
        doubles.workers.answers.append(reply("The second."))
        assert (await say(doubles)).json()["response"] == "The first."


class TestFailures:
    async def _refused(self, doubles: Doubles, answers: Any, **changes: Any) -> tuple[httpx.Response, dict[str, Any]]:
        turn = begun(**changes)
        doubles.database.will_answer("begin_turn", turn)
        doubles.workers.answers.append(answers)
        return await say(doubles), turn

    @pytest.mark.parametrize(
        ("worker", "status", "code"),
        [
            (WorkerFailed("it answered 500"), 502, "worker_failed"),
            (WorkerTimeout(45), 504, "worker_timeout"),
            (reply("  \n"), 502, "worker_failed"),
        ],
        ids=["down", "slow", "silent"],
    )
    async def test_the_message_is_kept_and_the_error_says_so(
        self, doubles: Doubles, worker: Any, status: int, code: str
    ) -> None:
        answer, turn = await self._refused(doubles, worker)
        error = answer.json()
        assert (answer.status_code, error["code"], error["retryable"]) == (status, code, True)
        assert error["error"].endswith("Your message is kept.")
        sent = called(doubles, "begin_turn")["p_message_id"]
        assert f"conversation_id: {turn['conversation_id']}; message_id: {sent}" in error["details"]
        assert [name for name, _ in doubles.database.calls] == ["begin_turn"]

    async def test_without_a_worker_it_is_503_and_kept_too(self, doubles: Doubles) -> None:
        answer, _ = await self._refused(doubles, None, worker=None)
        assert (answer.status_code, answer.json()["code"]) == (503, "no_worker")
        assert "kept" in answer.json()["error"]
        assert int(answer.headers["retry-after"]) > 0

    @pytest.mark.parametrize(("long_response", "seconds"), [(False, 45.0), (True, 90.0)])
    async def test_a_worker_has_45_seconds_or_90(
        self, doubles: Doubles, monkeypatch: pytest.MonkeyPatch, long_response: bool, seconds: float
    ) -> None:
        async def slow(_: str, __: Any, allowed: float) -> None:
            raise WorkerTimeout(allowed)

        monkeypatch.setattr(doubles.workers, "chat", slow)
        doubles.database.will_answer("begin_turn", begun())
        answer = await say(doubles, long_response=long_response)
        assert answer.json()["error"].startswith(f"The worker did not answer within {seconds:g} s.")

    async def test_a_database_that_goes_away_is_503(self, doubles: Doubles) -> None:
        doubles.database.will_answer("begin_turn", begun())
        doubles.database.will_answer("finish_turn", DatabaseUnavailable())
        doubles.workers.answers.append(reply())
        answer = await say(doubles)
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
        assert "kept" in answer.json()["error"]

    async def test_a_conversation_that_was_deleted_meanwhile_is_not_kept(self, doubles: Doubles) -> None:
        doubles.database.will_answer("begin_turn", begun())
        doubles.database.will_answer("finish_turn", {"outcome": "not_found"})
        doubles.workers.answers.append(reply())
        answer = await say(doubles)
        assert answer.status_code == 404
        assert "kept" not in answer.json()["error"]

    @pytest.mark.parametrize(
        ("outcome", "status"),
        [
            ({"outcome": "not_found"}, 404),
            ({"outcome": "conflict"}, 409),
            ({"outcome": "no_account"}, 401),
            ({"outcome": "adult_not_verified"}, 403),
            ({"outcome": "maintenance", "message": "Back at noon."}, 503),
            ({"outcome": "rate_limited", "limit": 20, "retry_after": 7}, 429),
        ],
    )
    async def test_what_the_database_refuses_is_an_error_in_words(
        self, doubles: Doubles, outcome: dict[str, Any], status: int
    ) -> None:
        doubles.database.will_answer("begin_turn", outcome)
        answer = await say(doubles)
        assert answer.status_code == status
        assert answer.headers.get("retry-after") == {503: "300", 429: "7"}.get(status)
        assert doubles.workers.calls == []


class TestContent:
    async def test_nsfw_needs_a_deployment_that_allows_it(self, doubles: Doubles) -> None:
        answer = await say(doubles, content_tier="nsfw")
        assert (answer.status_code, answer.json()["code"]) == (403, "adult_not_verified")
        assert doubles.database.calls == []

    @pytest.mark.parametrize("name", ["content_tier", "content_mode", "contentType"])
    async def test_the_tier_that_is_asked_for_is_kept_to(self, doubled_app: FastAPI, name: str) -> None:
        """S21: the original never read it."""
        async with doubled(doubled_app, ADULT_CONTENT="verified") as doubles:
            await answered(doubles, **{name: "nsfw"})
            order = doubles.workers.calls[0][2]
            assert order is not None
            assert (called(doubles, "begin_turn")["p_content_tier"], order.content_mode) == ("nsfw", "nsfw")

    @pytest.mark.parametrize("field", ["message", "system_prompt"])
    async def test_an_explicit_request_is_refused_before_it_is_stored(self, doubles: Doubles, field: str) -> None:
        answer = await say(doubles, **{"message": "Hi", field: "explicit porn"})
        assert (answer.status_code, answer.json()["code"]) == (422, "content_policy")
        assert answer.json()["details"] == "reason: explicit_in_sfw"
        assert doubles.database.calls == []

    async def test_halves_of_a_scene_may_lie_turns_apart(self, doubled_app: FastAPI) -> None:
        """In every mode: the model would read them together."""
        async with doubled(doubled_app, ADULT_CONTENT="verified") as doubles:
            turns = ("Mia is a 12 year old girl.", "Noted.", "Now she undresses and has sex.")
            doubles.database.will_answer("begin_turn", begun(*turns))
            answer = await say(doubles, turns[-1], content_tier="nsfw")
        assert (answer.status_code, answer.json()["code"]) == (422, "content_policy")
        assert "reason: sexual_minors; conversation_id: " in answer.json()["details"]
        assert doubles.workers.calls == []

    async def test_an_answer_is_judged_too_and_not_stored(self, doubles: Doubles) -> None:
        doubles.database.will_answer("begin_turn", begun())
        doubles.workers.answers.append(reply("Here is explicit porn."))
        answer = await say(doubles)
        assert (answer.status_code, answer.json()["code"]) == (422, "content_policy")
        assert [name for name, _ in doubles.database.calls] == ["begin_turn"]


class TestRequest:
    @pytest.mark.parametrize(
        ("body", "named"),
        [
            ({}, "message"),
            ({"message": ""}, "1 to 4000 characters"),
            ({"message": " \n"}, "1 to 4000 characters"),
            ({"message": "x" * 4001}, "4000"),
            ({"message": "Hi", "system_prompt": "x" * 2001}, "2000"),
            ({"message": "Hi", "conversation_id": "mine"}, "conversation_id"),
            ({"message": "Hi", "message_id": 7}, "message_id"),
            ({"message": "Hi", "model_type": "gpt"}, "'qwen_instruct' or 'qwen_base'"),
            ({"message": "Hi", "content_tier": "x"}, "'sfw' or 'nsfw'"),
            ({"message": "Hi", "temperature": 2.1}, "temperature"),
            ({"message": "Hi", "max_tokens": 2049}, "max_tokens"),
            ({"message": "Hi", "seed": -1}, "seed"),
            ({"message": "Hi", "stop": "User:"}, "stop"),
            ({"message": "Hi", "stop": ["a"] * 5}, "stop"),
            ({"message": "Hi", "stop": ["a", ""]}, "stop.1"),
        ],
    )
    async def test_a_wrong_field_is_named_with_what_is_valid(
        self, doubles: Doubles, body: dict[str, Any], named: str
    ) -> None:
        answer = await doubles.http.post("playground-chat", json=body, headers=doubles.as_user)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
        assert named in answer.json()["details"]

    async def test_nobody_but_a_user_is_answered(self, doubles: Doubles) -> None:
        for headers in ({}, doubles.as_service):
            answer = await doubles.http.post("playground-chat", json={"message": "Hi"}, headers=headers)
            assert answer.status_code == 401
        assert doubles.database.calls == []
