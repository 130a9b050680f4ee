"""The functions over the stack's real parts, a caller of every kind, and nothing left of what they did."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from devstack.project import Project
from functions.app import create_app
from tests.fixtures.functions import Edge, bearer, project_environment, started
from tests.fixtures.operations import Operation
from tests.fixtures.pictures import png
from tests.fixtures.users import User

FLAGS = {"invalidSeed", "invalidQuantity", "referenceImageError"}
SHAPE = {"success", "error", "code", "retryable", "request_id", "details", "suggestedAction", *FLAGS}

UNSERVED = {"type_unavailable", "no_worker"}
"""Answers of 503 that are no crash: nobody serves what was asked for."""


@dataclass(frozen=True)
class Attacker:
    """Calls every function as somebody whom it lets in."""

    edge: Edge
    user: User
    credentials: dict[str, dict[str, str]]

    def headers(self, operation: Operation, mode: int = 0) -> dict[str, str]:
        """Those of one of the operation's modes."""
        return self.credentials[operation.modes[mode]] if operation.modes else {}

    async def send(self, operation: Operation, url: str | None = None, **options: Any) -> httpx.Response:
        """In place of what ``options`` say of it: the operation's headers and a good body."""
        headers = {**self.headers(operation), **options.pop("headers", {})}
        if not options.keys() & {"json", "content", "files"} and operation.body_schema is not None:
            options["json"] = operation.body()
        return await self.edge.http.request(operation.method, url or operation.filled(), headers=headers, **options)


def assert_no_crash(status: int, text: str, what: object = "") -> None:
    assert status < 500 or json.loads(text).get("code") in UNSERVED, f"{what}: {text[:300]}"


def assert_refused(answer: httpx.Response, what: object = "") -> None:
    """A status of the caller's fault, in the one shape, for every origin to read."""
    assert 400 <= answer.status_code < 500, f"{what}: {answer.status_code} {answer.text[:300]}"
    assert_in_shape(answer, what)


def assert_in_shape(answer: httpx.Response, what: object = "") -> None:
    body = answer.json()
    assert answer.headers["access-control-allow-origin"] == "*", what
    assert {"success", "error", "code", "retryable", "request_id"} <= body.keys() <= SHAPE, f"{what}: {body}"
    assert body["success"] is False
    assert body["request_id"] == answer.headers["x-request-id"]


@pytest.fixture(scope="session")
async def functions(project: Project) -> AsyncIterator[Edge]:
    async with started(create_app(), project_environment(project, "postgres")) as edge:
        yield edge


@pytest.fixture(scope="module")
async def attacker(
    project: Project, functions: Edge, new_user: Callable[[], User], owner: Any
) -> AsyncIterator[Attacker]:
    """An admin with jobs, a picture and every other credential there is."""
    user = new_user()
    job = {"job_type": "sdxl_image_fast", "prompt": "a red cat", "num_images": 3}
    for _ in range(2):
        assert (await functions.http.post("queue-job", json=job, headers=user.headers)).status_code == 200
    files = {"file": png()}
    assert (await functions.http.post("upload-reference", files=files, headers=user.headers)).status_code == 200
    await owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", UUID(user.id))
    # Else refresh-prompt-cache would forget what other tests left there.
    await owner.execute("delete from enhancement_cache")
    workers = await owner.fetch("select worker_type, worker_id from workers")
    token = functions.clients.tokens.queue_token(str(uuid4()), 1)
    yield Attacker(
        functions,
        user,
        {
            "user": user.headers,
            "admin": user.headers,
            "secret": {"apikey": project.keys.secret_key},
            "job": bearer(token),
            "worker": bearer(project.secrets.worker_secret),
        },
    )
    # Everything of the user goes with the account.
    await owner.execute("delete from auth.users where id = $1", UUID(user.id))
    known = [f"{row['worker_type']} {row['worker_id']}" for row in workers]
    await owner.execute("delete from workers where worker_type || ' ' || worker_id <> all ($1)", known)


@pytest.fixture
async def counted(owner: Any) -> Callable[[], Any]:
    """How many rows lie in each table of ours, but in that which the sweep writes."""
    query = """
        select coalesce(jsonb_object_agg(tablename, (xpath('/row/n/text()', query_to_xml(
            format('select count(*) as n from public.%I', tablename), false, true, ''
        )))[1]::text::bigint), '{}')
        from pg_tables where schemaname = 'public' and tablename <> 'job_times'
    """

    async def count() -> dict[str, int]:
        counts: dict[str, int] = await owner.fetchval(query)
        return counts

    return count
