"""The official JavaScript client of a signed-in user, one script a theme."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devstack.project import Project
from tests.fixtures.live import Live
from tests.fixtures.node import run_script
from tests.fixtures.users import User, without_leavings

FOLDER = Path(__file__).parent

Call = tuple[str, dict[str, Any]]
"""A function and the options of ``functions.invoke``; without a body where the caller sends none."""


@dataclass(frozen=True)
class Browser:
    """A user in front of a project."""

    project: Project
    email: str
    password: str

    def run(self, script: str, *arguments: str, key: str = "SUPABASE_PUBLISHABLE_KEY") -> Any:
        """What the script prints; it is given the user's credentials and that API key."""
        env = self.project.public_env()
        return run_script(
            FOLDER / script,
            *arguments,
            SUPABASE_URL=self.project.url,
            KEY=env[key],
            EMAIL=self.email,
            PASSWORD=self.password,
        )

    def call(self, **calls: Call) -> dict[str, Any]:
        """What each call was answered, in their order."""
        answers: dict[str, Any] = self.run("invoke.mjs", json.dumps(calls))
        return answers


def refusal(answer: dict[str, Any]) -> tuple[int, str]:
    """Status and code of an error that the client could read, and that has the one shape."""
    assert answer["name"] == "FunctionsHttpError"
    assert answer["success"] is False
    assert answer["error"]
    assert isinstance(answer["retryable"], bool)
    assert answer["request_id"]
    return answer["status"], answer["code"]


@pytest.fixture
async def user(new_user: Callable[[], User], owner: Any) -> AsyncIterator[User]:
    async with without_leavings(new_user(), owner) as user:
        yield user


@pytest.fixture
def browser(project: Project, user: User) -> Browser:
    """A new user's, where no worker runs."""
    return Browser(project, user.email, user.password)


@pytest.fixture
def admin_browser(project: Project) -> Browser:
    """The admin's of the same project."""
    return _of(project, "ADMIN")


@pytest.fixture(scope="session")
def demo_browser(live: Live) -> Browser:
    """The demo user's, where a worker serves the jobs."""
    return _of(live.project, "DEMO")


@pytest.fixture(scope="session")
def demo_admin_browser(live: Live) -> Browser:
    """The admin's, where a worker serves the jobs."""
    return _of(live.project, "ADMIN")


def _of(project: Project, account: str) -> Browser:
    env = project.public_env()
    return Browser(project, env[f"{account}_EMAIL"], env[f"{account}_PASSWORD"])
