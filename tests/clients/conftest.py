"""The official clients of a signed-in user: JavaScript's, one script a theme, and Python's, which plays the same calls.

Both write down which functions answered them well; ``test_played.py`` reads it when all others are through.
"""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import httpx
import pytest
from supabase import ClientOptions, create_client
from supabase_functions.errors import FunctionsHttpError

from devstack.project import Project
from tests.fixtures.live import Live
from tests.fixtures.node import run_script
from tests.fixtures.users import User, without_leavings

FOLDER = Path(__file__).parent
FUNCTIONS_PATH: Final = "/functions/v1/"

Call = tuple[str, dict[str, Any]]
"""A function and the options of ``functions.invoke``; without a body where the caller sends none."""

Language = Literal["supabase-js", "supabase-py"]
LANGUAGES: Final[tuple[Language, ...]] = ("supabase-js", "supabase-py")


class Caller(Protocol):
    """A signed-in user who calls functions by an official client."""

    def call(self, **calls: Call) -> dict[str, Any]:
        """What each call was answered, in their order; an error as far as the client can read it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the tests of this folder played is compared when they are through."""
    items.sort(key=lambda item: item.path == FOLDER / "test_played.py")


@dataclass(frozen=True)
class Browser:
    """A user in front of a project."""

    project: Project
    played: Path
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
            PLAYED=str(self.played / "supabase-js"),
            EMAIL=self.email,
            PASSWORD=self.password,
        )

    def call(self, **calls: Call) -> dict[str, Any]:
        """What each call was answered, in their order."""
        answers: dict[str, Any] = self.run("invoke.mjs", json.dumps(calls))
        return answers


@dataclass(frozen=True)
class Script:
    """A user of the synchronous ``supabase-py``."""

    project: Project
    played: Path
    email: str
    password: str

    def call(self, **calls: Call) -> dict[str, Any]:
        """As ``Browser.call``: the same results of the same calls."""
        with httpx.Client(timeout=60, event_hooks={"response": [self._note]}) as http:
            options = ClientOptions(httpx_client=http, auto_refresh_token=False)
            client = create_client(self.project.url, self.project.keys.publishable_key, options)
            client.auth.sign_in_with_password({"email": self.email, "password": self.password})
            answers: dict[str, Any] = {}
            for name, (function, asked) in calls.items():
                try:
                    answers[name] = _read(client.functions.invoke(function, asked))
                except FunctionsHttpError as error:
                    answers[name] = _read_error(error)
            return answers

    def _note(self, response: httpx.Response) -> None:
        path = response.request.url.path
        if response.is_success and path.startswith(FUNCTIONS_PATH):
            with (self.played / "supabase-py").open("a") as file:
                print(path.removeprefix(FUNCTIONS_PATH), file=file)


def _read(content: Any) -> Any:
    """The client's bytes; a stream is no JSON, and is its text."""
    text = content.decode()
    return text if text.startswith("event:") else json.loads(text)


def _read_error(error: FunctionsHttpError) -> dict[str, Any]:
    """With the body, which the client keeps in the error's cause; its own message is the sentence for the user."""
    assert isinstance(error.__cause__, httpx.HTTPStatusError)
    told: dict[str, Any] = error.__cause__.response.json()
    assert error.message == told["error"]
    return {"name": error.name, "status": error.status, **told}


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


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file a language: the path below the functions of each call that was answered, one a line."""
    return tmp_path_factory.mktemp("played")


@pytest.fixture
def browser(project: Project, played: Path, user: User) -> Browser:
    """A new user's, where no worker runs."""
    return Browser(project, played, user.email, user.password)


@pytest.fixture(scope="session")
def demo_browser(live: Live, played: Path) -> Browser:
    """The demo user's, where a worker serves the jobs."""
    return Browser(live.project, played, *_account(live.project, "DEMO"))


@pytest.fixture
def admin_browser(project: Project, played: Path) -> Browser:
    """The admin's, where no worker runs."""
    return Browser(project, played, *_account(project, "ADMIN"))


@pytest.fixture(params=LANGUAGES)
def kind(request: pytest.FixtureRequest) -> type[Browser] | type[Script]:
    """The client that plays the test; each test is played by both."""
    language: Language = request.param
    return Browser if language == "supabase-js" else Script


@pytest.fixture
def caller(kind: type[Browser] | type[Script], project: Project, played: Path, user: User) -> Caller:
    """A new user, where no worker runs."""
    return kind(project, played, user.email, user.password)


@pytest.fixture
def admin_caller(kind: type[Browser] | type[Script], project: Project, played: Path) -> Caller:
    """The admin of the same project."""
    return kind(project, played, *_account(project, "ADMIN"))


@pytest.fixture
def demo_caller(kind: type[Browser] | type[Script], live: Live, played: Path) -> Caller:
    """The demo user, where a worker serves the jobs."""
    return kind(live.project, played, *_account(live.project, "DEMO"))


@pytest.fixture
def demo_admin_caller(kind: type[Browser] | type[Script], live: Live, played: Path) -> Caller:
    """The admin, where a worker serves the jobs."""
    return kind(live.project, played, *_account(live.project, "ADMIN"))


def _account(project: Project, account: str) -> tuple[str, str]:
    env = project.public_env()
    return env[f"{account}_EMAIL"], env[f"{account}_PASSWORD"]
