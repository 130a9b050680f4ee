"""The functions as one app, and each alone."""

import asyncio
import logging
import subprocess
import sys
from typing import Any

import pytest
from fastapi import FastAPI

from functions.app import API_ALIASES, ROUTERS, app, create_app
from functions.edge.settings import SettingsError
from tests.fixtures.functions import Doubles, calling, doubled, environment, started

HEAVY = ("torch", "diffusers", "transformers", "runpod", "supabase", "numpy", "PIL")
LAZY = ("asyncpg", "postgrest", "storage3")
NOWHERE = {"SUPABASE_URL": "http://127.0.0.1:1", "UPSTASH_REDIS_REST_URL": "http://127.0.0.1:1"}


def paths(app: FastAPI) -> set[str]:
    return {path.removeprefix("/functions/v1/") for path in app.openapi()["paths"]}


def loaded_by(statement: str, modules: tuple[str, ...]) -> list[str]:
    """Those of the modules that a fresh process has loaded after the statement."""
    code = f"import sys; {statement}; print(*[name for name in {modules!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return result.stdout.split()


def test_it_serves_every_function_under_its_url() -> None:
    assert paths(app) == {*ROUTERS, "jobs/{job_id}", "assets/{asset_id}", "reference-images/{name}"}


@pytest.mark.parametrize("name", ROUTERS)
async def test_one_function_alone_serves_that_one_only(name: str) -> None:
    async with doubled(create_app(name)) as doubles:
        for other in ROUTERS:
            answer = await doubles.http.put(other)
            assert answer.status_code == (405 if other == name else 404)
            assert answer.json()["code"] == ("method_not_allowed" if other == name else "not_found")


@pytest.mark.parametrize("name", ROUTERS)
async def test_the_worker_documents_urls_are_aliases(doubles: Doubles, name: str) -> None:
    answer = await doubles.http.put(f"http://functions.test/api/{name}")
    assert answer.status_code == (405 if name in API_ALIASES else 404)


async def test_an_alias_serves_the_same_function(doubles: Doubles) -> None:
    doubles.database.will_answer("list_jobs", *[{"outcome": "listed", "jobs": []}] * 2)
    urls = ("http://functions.test/api/jobs", "http://functions.test/functions/v1/jobs")
    ours, theirs = [(await doubles.http.get(url, headers=doubles.as_user)).json() for url in urls]
    assert ours == theirs


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "http://functions.test/", 404, "not_found"),
        ("GET", "http://functions.test/docs", 404, "not_found"),
        ("GET", "queue-job/", 404, "not_found"),
        ("GET", "queue-job", 405, "method_not_allowed"),
        ("DELETE", "jobs", 405, "method_not_allowed"),
        ("POST", "health", 405, "method_not_allowed"),
        ("PATCH", "job-callback", 405, "method_not_allowed"),
    ],
)
async def test_what_is_not_there_is_told_in_the_one_shape(
    doubles: Doubles, method: str, path: str, status: int, code: str
) -> None:
    answer = await doubles.http.request(method, path, headers=doubles.as_user)
    assert answer.status_code == status
    body = answer.json()
    assert (body["success"], body["code"], body["retryable"]) == (False, code, False)
    assert body.keys() >= {"error", "request_id"}


async def test_the_openapi_document_is_open_and_names_no_alias() -> None:
    async with calling(create_app()) as http:
        answer = await http.get("openapi.json")
    assert answer.status_code == 200
    assert not [path for path in answer.json()["paths"] if path.startswith("/api/")]


async def test_a_wrong_environment_ends_the_start_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(JOB_TOKEN_SECRET="").items():
        monkeypatch.setenv(name, value)
    wrong = create_app()
    with pytest.raises(SettingsError, match="JOB_TOKEN_SECRET"):
        async with wrong.router.lifespan_context(wrong):
            pass


class TestSweeper:
    async def _lived(self, caplog: pytest.LogCaptureFixture, seconds: str) -> list[str]:
        """What the sweeper says in the life of an app whose outside systems are all gone."""
        with caplog.at_level(logging.WARNING, "functions.sweeper"):
            async with started(create_app(), environment(**NOWHERE, SWEEP_SECONDS=seconds)):
                async with asyncio.timeout(10):
                    while seconds != "0" and not caplog.records:  # noqa: ASYNC110
                        await asyncio.sleep(0.01)
        return [record.getMessage() for record in caplog.records]

    async def test_it_runs_from_the_start_to_the_end_of_the_app(self, caplog: pytest.LogCaptureFixture) -> None:
        said = await self._lived(caplog, "60")
        assert said == ["the sweep waits for its parts: The database cannot be reached now."]

    async def test_where_somebody_else_sweeps_it_does_not_run(self, caplog: pytest.LogCaptureFixture) -> None:
        assert await self._lived(caplog, "0") == []


def test_importing_the_app_loads_nothing_of_a_worker_s() -> None:
    """A cold start pays for no model library and no full client."""
    assert loaded_by("import functions.app", HEAVY) == []


def test_importing_the_app_loads_no_client_before_it_is_used() -> None:
    assert loaded_by("import functions.app", (*LAZY, "aiohttp")) == []


async def test_no_request_waits_for_a_thread(doubles: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    """FastAPI would call a dependency in one that is no coroutine."""

    async def fail(*_: Any) -> None:
        pytest.fail("a dependency runs in a thread")

    monkeypatch.setattr("fastapi.dependencies.utils.run_in_threadpool", fail)
    doubles.database.will_answer("list_jobs", {"outcome": "listed", "jobs": []})
    assert (await doubles.http.get("jobs", headers=doubles.as_user)).status_code == 200


@pytest.mark.parametrize(("url", "loaded"), [("", ["postgrest"]), ("postgresql://db.test/postgres", ["asyncpg"])])
def test_a_start_loads_one_way_to_the_database(url: str, loaded: list[str]) -> None:
    variables: Any = {**environment(SUPABASE_DB_URL=url)}
    statement = (
        "import asyncio; from functions.edge.clients import open_clients;"
        "from functions.edge.settings import load_settings;"
        f"asyncio.run(open_clients(load_settings({variables!r})).__aenter__())"
    )
    assert loaded_by(statement, LAZY) == loaded
