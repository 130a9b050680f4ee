"""The signing keys of a project, asked from a server of its own."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from devstack.keys import Keys
from devstack.ports import HOST, free_ports
from functions.edge import jwks
from functions.edge.errors import ApiError
from functions.edge.jwks import CACHE_SECONDS, REFETCH_SECONDS, Jwks, read_key_set
from shared.errors import ErrorCode
from tests.fixtures.serving import served

OLD, NEW = Keys.generate(), Keys.generate()


class Project:
    """Serves a key set and counts how often it was asked."""

    def __init__(self) -> None:
        self.document: Any = OLD.jwks()
        self.is_down = False
        self.asked = 0

    async def answer(self, _: Request) -> Response:
        self.asked += 1
        if self.is_down:
            return PlainTextResponse("<html>bad gateway</html>", 502)
        return Response(json.dumps(self.document), media_type="application/json")

    def rotate(self) -> None:
        self.document = NEW.jwks()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(jwks, "time", clock)
    return clock


@pytest.fixture(scope="module")
def shared_project() -> Iterator[tuple[Project, str]]:
    project = Project()
    with served(Starlette(routes=[Route("/jwks.json", project.answer)])) as url:
        yield project, f"{url}/jwks.json"


@pytest.fixture
def project(shared_project: tuple[Project, str]) -> Project:
    project, _ = shared_project
    vars(project).update(vars(Project()))
    return project


@pytest.fixture
async def keys(shared_project: tuple[Project, str], project: Project, clock: Clock) -> Any:  # noqa: ARG001
    async with httpx.AsyncClient() as http:
        yield Jwks(shared_project[1], http)


async def is_known(keys: Jwks, of: Keys) -> bool:
    return await keys.key(of.signing_key_id) is not None


async def test_the_keys_are_fetched_once_and_kept(keys: Jwks, project: Project) -> None:
    assert all([await is_known(keys, OLD) for _ in range(3)])
    assert project.asked == 1


async def test_many_first_requests_at_once_ask_once(keys: Jwks, project: Project) -> None:
    assert all(await asyncio.gather(*(is_known(keys, OLD) for _ in range(10))))
    assert project.asked == 1


async def test_a_rotated_key_is_found_as_soon_as_it_is_used(keys: Jwks, project: Project, clock: Clock) -> None:
    await is_known(keys, OLD)
    project.rotate()
    clock.now += REFETCH_SECONDS + 1
    assert await is_known(keys, NEW)
    assert not await is_known(keys, OLD)
    assert project.asked == 2


async def test_unknown_key_ids_ask_at_most_every_thirty_seconds(keys: Jwks, project: Project, clock: Clock) -> None:
    await is_known(keys, OLD)
    for _ in range(100):
        clock.now += 1
        assert await keys.key("forged") is None
    assert project.asked == 1 + 3


async def test_an_unknown_key_right_after_a_fetch_asks_nobody(keys: Jwks, project: Project) -> None:
    await is_known(keys, OLD)
    project.rotate()
    assert not await is_known(keys, NEW)
    assert project.asked == 1


async def test_a_revoked_key_is_forgotten_after_ten_minutes(keys: Jwks, project: Project, clock: Clock) -> None:
    await is_known(keys, OLD)
    project.rotate()
    clock.now += CACHE_SECONDS
    assert await is_known(keys, OLD)
    clock.now += 1
    assert not await is_known(keys, OLD)


async def test_cached_keys_survive_an_outage(keys: Jwks, project: Project, clock: Clock) -> None:
    await is_known(keys, OLD)
    project.is_down = True
    clock.now += CACHE_SECONDS + 1
    assert await is_known(keys, OLD)


async def test_an_outage_is_asked_into_at_most_every_thirty_seconds(keys: Jwks, project: Project, clock: Clock) -> None:
    await is_known(keys, OLD)
    project.is_down = True
    clock.now += CACHE_SECONDS + 1
    for _ in range(90):
        clock.now += 1
        await is_known(keys, OLD)
        await keys.key("forged")
    assert project.asked == 1 + 3


async def test_without_any_key_an_outage_is_told_as_one(keys: Jwks, project: Project) -> None:
    project.is_down = True
    with pytest.raises(ApiError) as caught:
        await keys.key(OLD.signing_key_id)
    assert caught.value.code is ErrorCode.AUTH_UNAVAILABLE


async def test_many_requests_into_an_outage_ask_once_and_all_hear_of_it(keys: Jwks, project: Project) -> None:
    project.is_down = True
    answers = await asyncio.gather(*(keys.key(OLD.signing_key_id) for _ in range(10)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {ApiError}
    assert project.asked == 1


async def test_the_first_request_after_an_outage_gets_the_keys(keys: Jwks, project: Project) -> None:
    project.is_down = True
    with pytest.raises(ApiError):
        await keys.key(OLD.signing_key_id)
    project.is_down = False
    assert await is_known(keys, OLD)


@pytest.mark.parametrize("document", [[], {}, {"keys": "none"}, {"keys": [{"kty": "unknown"}]}, "text"])
async def test_an_answer_that_is_no_key_set_counts_as_an_outage(keys: Jwks, project: Project, document: Any) -> None:
    project.document = document
    with pytest.raises(ApiError):
        await keys.key(OLD.signing_key_id)


async def test_a_project_with_the_legacy_secret_only_has_no_keys(keys: Jwks, project: Project) -> None:
    project.document = {"keys": []}
    assert not await is_known(keys, OLD)


async def test_a_server_that_is_gone_counts_as_an_outage() -> None:
    async with httpx.AsyncClient() as http:
        keys = Jwks(f"http://{HOST}:{free_ports(1)[0]}/jwks.json", http)
        with pytest.raises(ApiError):
            await keys.key(OLD.signing_key_id)


async def test_an_inline_key_set_asks_nobody() -> None:
    async with httpx.AsyncClient() as http:
        keys = Jwks(f"http://{HOST}:{free_ports(1)[0]}/jwks.json", http, json.dumps(OLD.jwks()))
        assert await is_known(keys, OLD)
        assert await keys.key("forged") is None


def test_a_key_without_an_id_is_left_out() -> None:
    (key,) = OLD.jwks()["keys"]
    del key["kid"]
    assert read_key_set(json.dumps({"keys": [key]})) == {}
