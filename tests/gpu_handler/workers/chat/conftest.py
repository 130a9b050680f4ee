"""The chat worker's HTTP face in this process."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gpu_handler.workers.chat.app import create_app
from gpu_handler.workers.chat.settings import ChatSettings
from shared.tokens import WorkerTokens

URL = "http://chat.workers.test"
SECRET = "a worker secret of the tests, and of nothing else"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> ChatSettings:
    variables = {"WORKER_SECRET": SECRET, "WORKER_URL": f"{URL}/", "WORKER_ID": "chat-1", "MODELS": "demo"}
    for name, value in {**variables, "CHAT_WAITING": "1"}.items():
        monkeypatch.setenv(name, value)
    return ChatSettings()


@pytest.fixture
def headers() -> dict[str, str]:
    """As the functions send them."""
    return {"Authorization": f"Bearer {WorkerTokens(SECRET).call_token(URL)}"}


@pytest.fixture
def app(settings: ChatSettings, chat_generator: Any) -> FastAPI:
    return create_app(settings, chat_generator)


@pytest.fixture
async def http(app: FastAPI, headers: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL, headers=headers) as http:
        yield http
