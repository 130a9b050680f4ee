"""``python -m gpu_handler.workers.chat`` as a process."""

import os
import subprocess
import sys
import time

import httpx
import pytest

from devstack.ports import HOST
from tests.fixtures.chat import ChatWorker, chat_request

SECRET = "a worker secret of the tests, and of nothing else"


def test_it_registers_itself_when_it_can_answer(chat_worker: ChatWorker) -> None:
    """C12: it registered before the model was there."""
    while not chat_worker.registrations.seen:
        time.sleep(0.01)
    path, credential, body = chat_worker.registrations.seen[0]
    assert (path, credential) == ("/functions/v1/register-chat-worker", f"Bearer {chat_worker.secret}")
    assert body.pop("capabilities")["model"] == "qwen2_shapes"
    assert body == {
        "worker_url": chat_worker.url,
        "worker_id": "chat-1",
        "worker_type": "chat",
        "auto_registered": True,
        "registration_method": "self",
    }
    request = chat_request("Hello").model_dump(mode="json", exclude_none=True)
    answer = httpx.post(f"{chat_worker.url}/chat", json=request, headers=chat_worker.headers)
    assert answer.json()["model_used"] == "qwen2_shapes"


def test_its_log_holds_no_secret_and_no_word(chat_worker: ChatWorker) -> None:
    """P8"""
    request = chat_request("a very private sentence").model_dump(mode="json", exclude_none=True)
    httpx.post(f"{chat_worker.url}/chat", json=request, headers=chat_worker.headers)
    httpx.post(f"{chat_worker.url}/chat", json=request | {"seed": "a very private seed"}, headers=chat_worker.headers)
    assert "Ready: qwen2_shapes" in chat_worker.log()
    assert chat_worker.secret not in chat_worker.log()
    assert "very private" not in chat_worker.log()


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "WORKER_SECRET is not set"),
        ({"WORKER_SECRET": SECRET, "WORKER_URL": f"http://{HOST}:1"}, "put Qwen/Qwen2.5-7B-Instruct into the folder"),
    ],
    ids=["settings", "model"],
)
def test_what_is_missing_is_one_sentence_at_once(variables: dict[str, str], told: str) -> None:
    environment = {"PATH": os.environ["PATH"], "MODELS": "default", "HF_HUB_OFFLINE": "1", **variables}
    command = [sys.executable, "-m", "gpu_handler.workers.chat"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 1
    assert told in result.stderr.splitlines()[-1]
