"""What is said to a worker, and what becomes of its answers. The calls go through the process's own transport."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import respx

from functions.edge.transport import AiohttpTransport
from functions.edge.workers import HttpWorkers, WorkerFailed, WorkerTimeout
from shared.conversation import ChatRequest, ChatTurn
from shared.tokens import InvalidToken, WorkerTokens
from tests.fixtures.workers import URL, Face, healthy

SECRET = "a worker secret of the tests, and of nothing else"
TOKENS = WorkerTokens(SECRET)
REQUEST = ChatRequest(messages=[ChatTurn(role="user", content="Hello.")], max_tokens=20)
REPLY: dict[str, Any] = {
    "success": True,
    "model_used": "small",
    "generation_time": 0.5,
    "tokens_generated": 3,
    "finish_reason": "stop",
}


@pytest.fixture
def workers() -> HttpWorkers:
    return HttpWorkers(httpx.AsyncClient(), TOKENS)


class TestCalls:
    @respx.mock
    async def test_a_chat_is_posted_and_its_answer_read(self, workers: HttpWorkers) -> None:
        route = respx.post(f"{URL}/chat").respond(200, json={**REPLY, "response": "Hi."})
        reply = await workers.chat(URL, REQUEST, 5)
        assert (reply.response, reply.model_used) == ("Hi.", "small")
        body = json.loads(route.calls.last.request.content)
        assert body["messages"] == [{"role": "user", "content": "Hello."}]
        assert "seed" not in body

    @respx.mock
    async def test_a_prompt_to_enhance_is_posted_and_the_better_one_read(self, workers: HttpWorkers) -> None:
        respx.post(f"{URL}/enhance").respond(200, json={**REPLY, "enhanced_prompt": "a crimson cat"})
        assert (await workers.enhance(URL, REQUEST, 5)).enhanced_prompt == "a crimson cat"

    @respx.mock
    @pytest.mark.parametrize("what", ["chat", "enhance"])
    async def test_a_call_shows_a_token_for_that_worker_alone_and_never_the_secret(
        self, workers: HttpWorkers, what: str
    ) -> None:
        """S4: whoever listens at a registered URL gets nothing that opens another worker, or registers one."""
        route = respx.post(f"{URL}/{what}").respond(200, json={**REPLY, "response": "", "enhanced_prompt": ""})
        await getattr(workers, what)(URL, REQUEST, 5)
        request = route.calls.last.request
        assert SECRET not in f"{request.headers}{request.content!r}"
        token = request.headers["authorization"].removeprefix("Bearer ")
        TOKENS.check_call(token, URL)
        with pytest.raises(InvalidToken):
            TOKENS.check_call(token, "https://two-7861.workers.test")

    @respx.mock
    async def test_so_does_the_question_for_its_health(self, workers: HttpWorkers) -> None:
        route = respx.get(f"{URL}/health").respond(200, json=healthy().model_dump())
        await workers.health(URL, 5)
        TOKENS.check_call(route.calls.last.request.headers["authorization"].removeprefix("Bearer "), URL)

    async def test_without_the_secret_nothing_can_be_asked(self) -> None:
        workers = HttpWorkers(httpx.AsyncClient(), None)
        for call in (workers.chat(URL, REQUEST, 5), workers.health(URL, 5)):
            with pytest.raises(WorkerFailed) as caught:
                await call
            assert caught.value.details == "WORKER_SECRET is not set"


class TestFailures:
    @respx.mock
    async def test_an_answer_larger_than_any_that_was_agreed_is_not_read_to_its_end(self, workers: HttpWorkers) -> None:
        route = respx.get(f"{URL}/health").respond(200, content=b" " * 1_000_001)
        with pytest.raises(WorkerFailed):
            await workers.health(URL, 5)
        assert route.calls.last.request.headers["accept-encoding"] == "identity"

    @respx.mock
    @pytest.mark.parametrize("status", [302, 401, 404, 429, 500, 503])
    async def test_a_refusal_is_told_by_its_status_and_never_by_its_text(
        self, workers: HttpWorkers, status: int
    ) -> None:
        respx.post(f"{URL}/chat").respond(status, text="a prompt")
        with pytest.raises(WorkerFailed) as caught:
            await workers.chat(URL, REQUEST, 5)
        assert caught.value.details == f"it answered {status}"

    @respx.mock
    @pytest.mark.parametrize("body", ["", "<html>", "[]", "{}", '{"status": "fine"}', "\0"])
    async def test_an_answer_of_another_kind_is_a_failure(self, workers: HttpWorkers, body: str) -> None:
        respx.get(f"{URL}/health").respond(200, content=body)
        with pytest.raises(WorkerFailed) as caught:
            await workers.health(URL, 5)
        assert caught.value.details == "its answer is not what was agreed"

    @respx.mock
    async def test_a_worker_that_is_not_there_is_a_failure(self, workers: HttpWorkers) -> None:
        respx.get(f"{URL}/health").mock(side_effect=httpx.ConnectError("a name and an address"))
        with pytest.raises(WorkerFailed) as caught:
            await workers.health(URL, 5)
        assert caught.value.details == "it cannot be reached: ConnectError"

    @respx.mock
    async def test_a_read_that_takes_too_long_is_a_timeout(self, workers: HttpWorkers) -> None:
        respx.get(f"{URL}/health").mock(side_effect=httpx.ReadTimeout(""))
        with pytest.raises(WorkerTimeout, match="within 5 s"):
            await workers.health(URL, 5)

    async def test_the_bound_is_on_the_whole_call(self) -> None:
        """A worker that sends a byte now and then never ends a read that is too long."""

        class Dripping(httpx.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                while True:
                    await asyncio.sleep(0)
                    yield b" "

        transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Dripping()))
        with pytest.raises(WorkerTimeout):
            await HttpWorkers(httpx.AsyncClient(transport=transport), TOKENS).health(URL, 0.05)


class TestOverTheWire:
    @pytest.fixture
    async def real(self) -> AsyncIterator[HttpWorkers]:
        async with httpx.AsyncClient(transport=AiohttpTransport()) as http:
            yield HttpWorkers(http, TOKENS)

    async def test_health_is_what_the_worker_says(self, real: HttpWorkers, face: Face) -> None:
        assert await real.health(face.url, 5) == healthy()

    async def test_a_redirect_leads_nowhere(self, real: HttpWorkers, face: Face) -> None:
        """S5: a registered worker cannot send us on to where nobody may be registered."""
        face.status, face.headers = 307, {"Location": f"{face.url}/health"}
        before = face.asked
        with pytest.raises(WorkerFailed) as caught:
            await real.health(face.url, 5)
        assert caught.value.details == "it answered 307"
        assert face.asked == before + 1

    async def test_where_nobody_listens_it_is_a_failure(self, real: HttpWorkers) -> None:
        with pytest.raises(WorkerFailed) as caught:
            await real.health("http://127.0.0.1:1", 5)
        assert caught.value.details == "it cannot be reached: ConnectError"
