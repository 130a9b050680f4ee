"""What every test may ask for; the themes lie in ``tests/fixtures/``."""

from typing import Any, Final

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# How long an example takes is the machine's business.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

TOGETHER: Final = {
    "the live stack": ("tests/e2e", "tests/clients", "tests/devstack/demo"),
    "models": ("tests/gpu_handler", "tests/tools", "tests/functions/playground_chat/test_with_worker.py"),
    "chaos": ("tests/chaos",),
}
"""Tests that share what is slow to start, by their folders: torch is loaded by one process. The longest first."""


class Scheduler(LoadScopeScheduling):
    """Where several processes share the tests, those of a group go to one, and so do those of a file."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduler:
    return Scheduler(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {group: rank for rank, group in enumerate(TOGETHER)}
    items.sort(key=lambda item: ranks.get(_group(item.nodeid), len(ranks)))


def _group(nodeid: str) -> str:
    path = nodeid.partition("::")[0]
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
