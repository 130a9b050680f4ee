"""What wraps every answer: CORS, a request id, the body's limit, the last resort for crashes."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import StreamingResponse

from functions.edge.errors import handle_http_exception
from functions.edge.middleware import BODY_LIMIT, EdgeMiddleware
from shared.errors import ErrorCode
from tests.fixtures.functions import BASE_URL, Doubles, calling

ALLOWED = "authorization, x-client-info, apikey, content-type, idempotency-key, x-retry-count"
SECRET = "sb_secret_in_an_exception"


def assert_cors(answer: httpx.Response) -> None:
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == ALLOWED
    assert answer.headers["access-control-expose-headers"] == "retry-after, x-request-id"


def padded(size: int) -> bytes:
    """A JSON object of so many bytes."""
    return b'{"padding": "%s"}' % (b"x" * (size - 15))


async def in_chunks(content: bytes) -> AsyncIterator[bytes]:
    """httpx sends an iterator without a content-length."""
    for start in range(0, len(content), 65_536):
        yield content[start : start + 65_536]


async def test_a_good_answer_has_cors_headers(doubles: Doubles) -> None:
    doubles.database.will_answer("health", {"outcome": "healthy", "seconds_since_sweep": 1.0})
    answer = await doubles.http.get("health")
    assert answer.status_code == 200
    assert_cors(answer)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "queue-job", 401), ("GET", "nothing", 404), ("GET", "queue-job", 405), ("POST", "dispatch-jobs", 401)],
)
async def test_an_error_has_cors_headers(doubles: Doubles, method: str, path: str, status: int) -> None:
    answer = await doubles.http.request(method, path)
    assert answer.status_code == status
    assert_cors(answer)


@pytest.mark.parametrize("path", ["queue-job", "dispatch-jobs", "nothing"])
async def test_a_preflight_is_answered_ok_without_a_credential(doubles: Doubles, path: str) -> None:
    answer = await doubles.http.options(path, headers={"Origin": "https://app.test"})
    assert (answer.status_code, answer.text) == (200, "ok")
    assert_cors(answer)
    assert answer.headers["access-control-allow-methods"] == "GET, POST, DELETE, OPTIONS"


async def test_each_answer_has_a_request_id_of_its_own_that_its_error_repeats(doubles: Doubles) -> None:
    first, second = [await doubles.http.post("queue-job") for _ in range(2)]
    assert first.headers["x-request-id"] == first.json()["request_id"]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


@pytest.mark.parametrize("is_streamed", [True, False])
class TestBodyLimit:
    async def _post(self, doubles: Doubles, size: int, is_streamed: bool) -> httpx.Response:
        content: Any = in_chunks(padded(size)) if is_streamed else padded(size)
        headers = {**doubles.as_user, "content-type": "application/json"}
        return await doubles.http.post("queue-job", content=content, headers=headers)

    async def test_a_larger_body_is_refused(self, doubles: Doubles, is_streamed: bool) -> None:
        """K14: there is a limit to a request."""
        answer = await self._post(doubles, BODY_LIMIT + 1, is_streamed)
        assert answer.status_code == 413
        assert answer.json()["code"] == ErrorCode.BODY_TOO_LARGE
        assert answer.json()["error"] == "The body is larger than 1 MB."
        assert_cors(answer)

    async def test_a_body_of_just_the_limit_is_read(self, doubles: Doubles, is_streamed: bool) -> None:
        answer = await self._post(doubles, BODY_LIMIT, is_streamed)
        assert answer.json()["code"] == ErrorCode.INVALID_JOB_TYPE


async def test_a_path_may_have_a_limit_of_its_own() -> None:
    app = FastAPI(exception_handlers={HTTPException: handle_http_exception})
    app.add_middleware(EdgeMiddleware, body_limits={"/large": 3 * BODY_LIMIT})

    @app.post("/large")
    @app.post("/small")
    async def size(request: Request) -> int:
        return len(await request.body())

    async with calling(app) as http:
        url = httpx.URL(BASE_URL)
        answers = [
            await http.post(url.join(path), content=bytes(size))
            for path, size in (("/large", 3 * BODY_LIMIT), ("/large", 3 * BODY_LIMIT + 1), ("/small", BODY_LIMIT + 1))
        ]
    assert [answer.status_code for answer in answers] == [200, 413, 413]
    assert [answer.json()["error"] for answer in answers[1:]] == [
        "The body is larger than 3 MB.",
        "The body is larger than 1 MB.",
    ]


class TestCrash:
    async def test_it_is_answered_in_the_one_shape_and_leaks_nothing(self, doubles: Doubles) -> None:
        """S19, P8"""
        doubles.database.will_answer("get_job", RuntimeError(SECRET))
        answer = await doubles.http.get(f"jobs/{doubles.user_id}", headers=doubles.as_user)
        assert answer.status_code == 500
        assert answer.json()["code"] == "internal"
        assert answer.json()["retryable"] is True
        assert SECRET not in answer.text
        assert_cors(answer)

    async def test_it_is_logged_under_the_answer_s_request_id(
        self, doubles: Doubles, caplog: pytest.LogCaptureFixture
    ) -> None:
        doubles.database.will_answer("get_job", RuntimeError("a defect"))
        with caplog.at_level(logging.ERROR, "functions"):
            answer = await doubles.http.get(f"jobs/{doubles.user_id}", headers=doubles.as_user)
        (record,) = caplog.records
        assert answer.json()["request_id"] in record.getMessage()
        assert record.exc_info is not None

    async def test_in_the_middle_of_an_answer_it_is_the_server_s_to_cut_it_off(self) -> None:
        app = FastAPI()
        app.add_middleware(EdgeMiddleware, body_limits={})

        async def half() -> AsyncIterator[bytes]:
            yield b"half of it"
            raise RuntimeError("a defect")

        @app.get("/half")
        async def answer() -> StreamingResponse:
            return StreamingResponse(half())

        async with calling(app) as http:
            with pytest.raises(RuntimeError, match="a defect"):
                await http.get(httpx.URL(BASE_URL).join("/half"))
