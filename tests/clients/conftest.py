"""The official JavaScript client of a signed-in user, one script a theme."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devstack.project import Project
from tests.fixtures.live import Live
from tests.fixtures.node import run_script
from tests.fixtures.users import User

FOLDER = Path(__file__).parent


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


@pytest.fixture
def browser(project: Project, user: User) -> Browser:
    """A new user's, where no worker runs."""
    return Browser(project, user.email, user.password)


@pytest.fixture(scope="session")
def demo_browser(live: Live) -> Browser:
    """The demo user's, where a worker serves the jobs."""
    env = live.project.public_env()
    return Browser(live.project, env["DEMO_EMAIL"], env["DEMO_PASSWORD"])
