"""A worker moves, over HTTP."""

from typing import Any

import httpx
import pytest

from tests.fixtures.functions import Doubles, Edge, bearer, environment
from tests.fixtures.users import User
from tests.fixtures.workers import URL, Face, healthy, worker_row

AS_WORKER = bearer(environment()["WORKER_SECRET"])


async def update(doubles: Doubles, headers: dict[str, str], **body: Any) -> httpx.Response:
    answer = {"outcome": "registered", "worker": worker_row(worker_type="wan"), "is_check_due": False}
    doubles.database.will_answer("register_worker", answer)
    return await doubles.http.post("update-worker-url", json=body, headers=headers)


def said(doubles: Doubles) -> dict[str, Any]:
    """What SQL was told of the worker."""
    (arguments,) = [arguments for name, arguments in doubles.database.calls if name == "register_worker"]
    return arguments


async def test_what_the_admin_page_sends_moves_the_wan_worker(doubles: Doubles) -> None:
    """F2: the form's field is ``workerUrl``, and names neither a worker nor its type."""
    doubles.database.will_answer("check_admin", {"outcome": "admin"})
    answer = await update(doubles, doubles.as_user, workerUrl=URL)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["message"], body["worker_url"]) == ("The wan worker is registered.", URL)
    assert body.keys() >= {"success", "updatedAt", "auto_registered", "registration_method"}
    found = said(doubles)
    assert (found["p_worker_type"], found["p_worker_id"], found["p_url"]) == ("wan", "admin", URL)
    assert (found["p_is_automatic"], found["p_registration_method"]) == (False, "manual")


async def test_what_the_documents_have_is_read_too(doubles: Doubles) -> None:
    await update(doubles, AS_WORKER, worker_url=URL, worker_type="sdxl", worker_id="pod-2")
    found = said(doubles)
    assert (found["p_worker_type"], found["p_worker_id"], found["p_url"]) == ("sdxl", "pod-2", URL)


async def test_a_worker_without_a_name_is_named_after_its_place(doubles: Doubles) -> None:
    await update(doubles, AS_WORKER, worker_url=URL)
    assert said(doubles)["p_worker_id"] == "one-7861.workers.test"


async def test_a_user_may_not(doubles: Doubles) -> None:
    """S4"""
    doubles.database.will_answer("check_admin", {"outcome": "forbidden"})
    answer = await update(doubles, doubles.as_user, worker_url=URL)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert [name for name, _ in doubles.database.calls] == ["check_admin"]


async def test_nobody_else_may(doubles: Doubles) -> None:
    """S4"""
    for headers in ({}, doubles.as_service, bearer("guessed")):
        assert (await update(doubles, headers, worker_url=URL)).status_code == 401
    assert doubles.database.calls == []


async def test_not_even_an_admin_may_name_any_host(doubles: Doubles) -> None:
    """S5"""
    doubles.database.will_answer("check_admin", {"outcome": "admin"})
    answer = await update(doubles, doubles.as_user, worker_url="https://attacker.example.com")
    assert (answer.status_code, answer.json()["details"]) == (400, "allowed hosts: .workers.test")
    assert doubles.workers.calls == []


@pytest.mark.usefixtures("no_workers")
async def test_over_the_stack_the_next_url_replaces_the_last(edge: Edge, user: User, owner: Any, face: Face) -> None:
    await owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", user.id)
    face.says = healthy(worker_type="wan").model_dump()
    for url in ("http://127.0.0.1:1", face.url):
        answer = await edge.http.post("update-worker-url", json={"workerUrl": url}, headers=user.headers)
        assert answer.status_code == 200, answer.text
    assert answer.json()["isHealthy"] is True
    assert [row["url"] for row in await owner.fetch("select url from workers")] == [face.url]
