"""What every test may ask for; the themes lie in ``tests/fixtures/``."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

# How long an example takes is the machine's business.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

ROOT: Final = Path(__file__).parent

TOGETHER: Final = {
    "the live stack": ("e2e", "clients", "devstack/demo"),
    "models": ("gpu_handler", "tools", "functions/playground_chat/test_with_worker.py"),
    "chaos": ("chaos",),
}
"""Tests that share what is slow to start, by their folders: torch is loaded by one process. The longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests, those of a group stay together, and so do those of a file."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    ranks = {group: rank for rank, group in enumerate(TOGETHER)}
    items.sort(key=lambda item: ranks.get(_group(item), len(ranks)))


def _group(item: pytest.Item) -> str:
    path = item.path.relative_to(ROOT).as_posix()
    return next((group for group, folders in TOGETHER.items() if path.startswith(folders)), path)


pytest_plugins = [
    "tests.fixtures.stack",
    "tests.fixtures.users",
    "tests.fixtures.database",
    "tests.fixtures.functions",
    "tests.fixtures.lifecycle",
    "tests.fixtures.sweeping",
    "tests.fixtures.library",
    "tests.fixtures.live",
    "tests.fixtures.generators",
    "tests.fixtures.workers",
    "tests.fixtures.chat",
]
