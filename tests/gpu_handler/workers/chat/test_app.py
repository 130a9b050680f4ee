"""The chat worker's answers, on a model that says noise."""

import logging
import time
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI

from gpu_handler.generators.chat.answers import Said
from gpu_handler.generators.chat.generator import ChatGenerator
from gpu_handler.generators.chat.rows import Row
from gpu_handler.models.catalog import CATALOG
from gpu_handler.workers.chat.app import create_app
from gpu_handler.workers.chat.settings import ChatSettings
from gpu_handler.workers.middleware import BODY_LIMIT
from shared.enhancement.figures import figures
from shared.enhancement.tokens import count_tokens
from shared.tokens import WorkerTokens
from shared.worker_messages import ChatReply, EnhanceReply, WorkerHealth
from tests.fixtures.chat import chat_request
from tests.fixtures.listening import events

PROMPT = "a lighthouse above a violet sea"
OTHER_URL = "http://other.workers.test"


def body(*said: str, **changes: Any) -> dict[str, Any]:
    return chat_request(*said or (PROMPT,), **changes).model_dump(mode="json", exclude_none=True)


async def refusal(http: httpx.AsyncClient, path: str = "/chat", **request: Any) -> tuple[int, str]:
    answer = await http.post(path, **request)
    error = answer.json()
    assert error["success"] is False
    assert error["request_id"] == answer.headers["x-request-id"]
    assert PROMPT not in answer.text
    return answer.status_code, error["code"]


def says(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The model's noise, with these words in its place."""

    def hear(row: Row, _: int) -> bool:
        row.asking.on_end(Said(text, "stop", 0.1, 3, 3, 0, 5))
        return True

    monkeypatch.setattr(Row, "hear", hear)


class TestWhole:
    async def test_an_answer_tells_what_it_was_made_of(self, http: httpx.AsyncClient) -> None:
        answer = await http.post("/chat", json=body(max_tokens=12))
        assert answer.status_code == 200, answer.text
        reply = ChatReply.model_validate(answer.json())
        assert reply.response
        assert (reply.model_used, reply.tokens_generated, reply.finish_reason) == ("qwen2_random", 12, "length")
        assert (reply.seed, reply.turns_left_out) == (5, 0)
        assert reply.prompt_tokens > 12
        assert reply.generation_time > 0

    async def test_the_same_request_gets_the_same_answer(self, http: httpx.AsyncClient) -> None:
        """P10"""
        first, second = [(await http.post("/chat", json=body())).json() for _ in range(2)]
        assert first["response"] == second["response"]

    async def test_an_enhanced_prompt_has_a_name_of_its_own(self, http: httpx.AsyncClient) -> None:
        answer = await http.post("/enhance", json=body(system="Describe the picture."))
        reply = EnhanceReply.model_validate(answer.json())
        assert reply.enhanced_prompt == reply.enhanced_prompt.strip() != ""
        assert "response" not in answer.json()

    async def test_an_enhanced_prompt_comes_without_its_headings_and_with_figures_of_what_is_left(
        self, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The July 30 fields, each computed."""
        better = f"{PROMPT}, warm light, 8k"
        says(monkeypatch, f'Sure! Here is the prompt: "{better}"')
        request = {**body(f"Rewrite it.\n\nThe prompt:\n{PROMPT}"), "prompt": PROMPT, "reader": "sdxl"}
        reply = EnhanceReply.model_validate((await http.post("/enhance", json=request)).json())
        assert (reply.enhanced_prompt, reply.original_prompt, reply.enhancement_success) == (better, PROMPT, True)
        measured = figures(PROMPT, better, "sdxl")
        assert (reply.quality_score, reply.sdxl_optimizations) == (1.0, measured.sdxl_optimizations)
        assert reply.token_count == count_tokens(better, "sdxl")
        film = EnhanceReply.model_validate((await http.post("/enhance", json=request | {"reader": "wan"})).json())
        assert (film.sdxl_optimizations, film.token_count) == (None, count_tokens(better, "wan"))

    async def test_an_answer_without_a_prompt_in_it_is_no_success(
        self, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        says(monkeypatch, "I'm sorry, I can't do that.")
        reply = EnhanceReply.model_validate((await http.post("/enhance", json=body())).json())
        assert (reply.enhanced_prompt, reply.enhancement_success) == ("I'm sorry, I can't do that.", False)

    async def test_an_enhanced_prompt_is_not_streamed(self, http: httpx.AsyncClient) -> None:
        assert await refusal(http, "/enhance", json=body(stream=True)) == (400, "invalid_request")


class TestStream:
    async def test_its_pieces_and_its_end_are_the_whole_answer(self, http: httpx.AsyncClient) -> None:
        whole = (await http.post("/chat", json=body(max_tokens=40))).json()
        answer = await http.post("/chat", json=body(max_tokens=40, stream=True))
        assert answer.headers["content-type"].startswith("text/event-stream")
        *pieces, (name, reply) = events(answer.text)
        assert name == "done"
        assert {name for name, _ in pieces} == {"message"}
        assert len(pieces) > 5
        assert "".join(piece["delta"] for _, piece in pieces) == whole["response"]
        same = {key: value for key, value in whole.items() if key != "generation_time"}
        assert same.items() <= reply.items()

    async def test_what_is_refused_before_the_first_word_has_a_status(self, http: httpx.AsyncClient) -> None:
        request = body("港" * 3000, stream=True)
        assert await refusal(http, json=request) == (400, "invalid_request")

    async def test_a_failure_on_the_way_is_the_last_event(
        self,
        settings: ChatSettings,
        headers: dict[str, str],
        chat_generator: ChatGenerator,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """C13: a failure never looks like text."""

        def break_down(askings: Any) -> None:
            askings[0].on_text("half of it")
            raise RuntimeError(PROMPT)

        monkeypatch.setattr(chat_generator, "answer_together", break_down)
        app = create_app(settings, chat_generator)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=settings.url, headers=headers
        ) as http:
            answer = await http.post("/chat", json=body(stream=True))
        assert answer.status_code == 200
        first, (name, error) = events(answer.text)
        assert first == ("message", {"delta": "half of it"})
        assert (name, error["code"], error["success"]) == ("error", "internal", False)
        assert PROMPT not in answer.text


class TestWhoMayCall:
    async def _status(self, app: FastAPI, path: str, headers: dict[str, str]) -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chat.test") as http:
            return (await http.post(path, json=body(), headers=headers)).status_code

    @pytest.mark.parametrize("path", ["/chat", "/enhance"])
    @pytest.mark.parametrize(
        "credential",
        [
            None,
            "",
            "Bearer",
            "Bearer nonsense",
            "Basic dXNlcjpwYXNz",
            "Bearer a worker secret of the tests, and of nothing else",
            f"Bearer {WorkerTokens('a worker secret of the tests, and of nothing else').call_token(OTHER_URL)}",
            f"Bearer {WorkerTokens('the secret of another deployment altogether').call_token('http://chat.workers.test')}",
        ],
        ids=[
            "none",
            "empty",
            "no token",
            "nonsense",
            "basic",
            "the secret",
            "another worker's",
            "another deployment's",
        ],
    )
    async def test_nobody_without_a_token_for_this_worker(
        self, app: FastAPI, path: str, credential: str | None
    ) -> None:
        """S9: the original's chat endpoints had no check. S4: a token that another URL was shown opens nothing here."""
        headers = {} if credential is None else {"Authorization": credential}
        assert await self._status(app, path, headers) == 401

    def test_there_is_nothing_else_to_call(self, app: FastAPI) -> None:
        """S7, S9: no page of the worker shows its environment, loads a model or takes one away."""
        assert {getattr(route, "path", None) for route in app.routes} == {"/health", "/chat", "/enhance"}

    async def test_a_token_is_good_for_a_minute(self, app: FastAPI, settings: ChatSettings) -> None:
        tokens = WorkerTokens(settings.worker_secret.get_secret_value())
        claims = {"aud": settings.url, "exp": time.time() - 1}
        old = jwt.encode(claims, tokens._key, algorithm="HS256")
        assert await self._status(app, "/chat", {"Authorization": f"Bearer {old}"}) == 401

    async def test_the_functions_are_told_its_health(self, app: FastAPI, headers: dict[str, str]) -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chat.test") as http:
            health = WorkerHealth.model_validate((await http.get("/health", headers=headers)).json())
        assert (health.status, health.worker_type, health.worker_id) == ("healthy", "chat", "chat-1")
        assert health.model_used == "qwen2_random"


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"max_tokens": 0}, "max_tokens"),
            ({"max_tokens": 2049}, "max_tokens"),
            ({"temperature": -0.1}, "temperature"),
            ({"temperature": 2.1}, "temperature"),
            ({"top_p": 0}, "top_p"),
            ({"seed": 2**31}, "seed"),
            ({"stop": ["a"] * 5}, "stop"),
            ({"stop": [""]}, "stop.0"),
            ({"stop": ["a" * 65]}, "stop.0"),
            ({"messages": []}, "messages"),
            ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
            ({"messages": [{"role": "assistant", "content": "x"}]}, "the last one is the user's"),
        ],
    )
    async def test_a_field_out_of_bounds_is_named(
        self, http: httpx.AsyncClient, change: dict[str, Any], named: str
    ) -> None:
        """C9: max_tokens had no bound."""
        answer = await http.post("/chat", json=body() | change)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
        assert named in answer.json()["error"]

    async def test_a_body_that_is_no_json_is_told(self, http: httpx.AsyncClient) -> None:
        headers = {"content-type": "application/json"}
        assert await refusal(http, content=b"{", headers=headers) == (400, "invalid_json")

    async def test_a_body_larger_than_a_megabyte_is_refused(self, http: httpx.AsyncClient) -> None:
        headers = {"content-type": "application/json"}
        assert await refusal(http, content=b" " * (BODY_LIMIT + 1), headers=headers) == (413, "body_too_large")

    @pytest.mark.parametrize(("method", "path", "status"), [("GET", "/chat", 405), ("POST", "/generate", 404)])
    async def test_what_is_not_there_is_told_in_the_one_shape(
        self, http: httpx.AsyncClient, method: str, path: str, status: int
    ) -> None:
        answer = await http.request(method, path)
        assert (answer.status_code, answer.json()["success"]) == (status, False)

    @pytest.mark.parametrize("stream", [False, True])
    async def test_the_last_message_is_judged_once_more(self, http: httpx.AsyncClient, stream: bool) -> None:
        request = body("hello", "hello", "explicit porn", stream=stream)
        assert await refusal(http, json=request) == (422, "content_policy")

    async def test_its_rules_are_those_of_the_mode(self, http: httpx.AsyncClient) -> None:
        assert (await http.post("/chat", json=body("explicit porn", content_mode="nsfw"))).status_code == 200

    async def test_a_crash_is_told_in_the_one_shape_and_logged_without_words(
        self,
        http: httpx.AsyncClient,
        chat_generator: ChatGenerator,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """P8"""

        def break_down(*_: Any, **__: Any) -> None:
            raise RuntimeError(PROMPT)

        monkeypatch.setattr(chat_generator._model, "generate", break_down)
        with caplog.at_level(logging.INFO):
            assert await refusal(http, json=body()) == (500, "internal")
        assert "RuntimeError" in caplog.text
        assert PROMPT not in caplog.text


async def test_while_the_model_is_loaded_only_health_is_answered(
    settings: ChatSettings, headers: dict[str, str]
) -> None:
    """C12: it was registered and called before it could answer."""
    app = create_app(settings, ChatGenerator(CATALOG["qwen2_random"], None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chat.test") as http:
        assert (await http.get("/health", headers=headers)).json()["status"] == "loading"
        answer = await http.post("/chat", json=body(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "model_loading")
    assert int(answer.headers["retry-after"]) > 0
