"""How a worker makes itself known."""

import logging
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from gpu_handler.http import new_client
from gpu_handler.workers import registration
from gpu_handler.workers.registration import Registration

URL = "https://functions.test/functions/v1/register-chat-worker"
SECRET = "the registration secret of these tests"
BODY: dict[str, Any] = {"worker_url": "https://chat.workers.test", "worker_type": "chat"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "HEARTBEAT_SECONDS", 0.001)


@pytest.fixture
def router() -> Iterator[respx.Router]:
    with respx.mock(assert_all_called=False) as router:
        yield router


def keep_for(calls: int, router: respx.Router, answer: Callable[[int], httpx.Response]) -> list[httpx.Request]:
    """Register so often; ``answer`` gets the number of each call."""
    stop = Event()
    seen: list[httpx.Request] = []

    def called(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if len(seen) == calls:
            stop.set()
        return answer(len(seen))

    router.route().mock(side_effect=called)
    with new_client() as client:
        Registration(client, URL, SecretStr(SECRET), BODY).keep(stop)
    return seen


def test_it_says_again_where_it_is_as_a_heartbeat(router: respx.Router) -> None:
    seen = keep_for(3, router, lambda _: httpx.Response(200, json={"success": True}))
    assert {str(request.url) for request in seen} == {URL}
    assert {request.headers["authorization"] for request in seen} == {f"Bearer {SECRET}"}
    assert {request.content for request in seen} == {seen[0].content}
    assert b"https://chat.workers.test" in seen[0].content


@pytest.mark.parametrize(
    "failure",
    [
        lambda: httpx.Response(503, headers={"retry-after": "100000"}),
        lambda: httpx.Response(401),
        lambda: httpx.Response(307, headers={"location": "https://elsewhere.test/"}),
    ],
    ids=["down", "refused", "sent elsewhere"],
)
def test_it_tries_on_until_it_is_known_and_shows_the_secret_nowhere_else(
    router: respx.Router, failure: Callable[[], httpx.Response], caplog: pytest.LogCaptureFixture
) -> None:
    """S4, P8"""
    with caplog.at_level(logging.DEBUG):
        seen = keep_for(4, router, lambda call: failure() if call < 4 else httpx.Response(200))
    assert {str(request.url) for request in seen} == {URL}
    told = [record.getMessage() for record in caplog.records if record.name == registration.__name__]
    assert len(told) == 2
    assert told[0].startswith("The functions do not register this worker (HTTP ")
    assert told[1] == "The functions know this worker again."
    assert SECRET not in caplog.text


def test_it_tries_on_while_nobody_answers(router: respx.Router) -> None:
    def gone(_: int) -> httpx.Response:
        raise httpx.ConnectError("gone")

    assert len(keep_for(3, router, gone)) == 3
