"""The training makes what a worker loads."""

from pathlib import Path

from gpu_handler.generators.chat.generator import ChatGenerator
from gpu_handler.models.catalog import CATALOG
from tests.fixtures.chat import chat_request
from tools.small_chat.evaluate import NAME
from tools.small_chat.training import Plan, train


def test_two_steps_make_a_folder_that_a_worker_loads(tmp_path: Path) -> None:
    train(tmp_path / NAME, Plan(steps=2))
    generator = ChatGenerator(CATALOG[NAME], tmp_path)
    generator.load()
    assert generator.answer(chat_request("a red star", max_tokens=3), lambda _: None, lambda: False).answer_tokens <= 3
