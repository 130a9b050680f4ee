"""The reference pictures a user keeps, over HTTP."""

from typing import Any

import httpx
import pytest

from tests.fixtures.functions import Doubles, Edge
from tests.fixtures.pictures import BLUE, GREEN, RED, png
from tests.fixtures.users import User


async def upload(edge: Edge, user: User, colour: Any = RED) -> dict[str, Any]:
    answer = await edge.http.post("upload-reference", files={"file": png(colour=colour)}, headers=user.headers)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("url", ["reference-images", "http://functions.test/api/reference-images"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_one_s_own_are_listed_with_urls_and_sizes(
    edge: Edge, user: User, other_user: User, web: httpx.AsyncClient, method: str, url: str
) -> None:
    mine = await upload(edge, user)
    await upload(edge, other_user)
    answer = await edge.http.request(method, url, headers=user.headers)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["references"]
    same = ("path", "bucket", "reference_image_url", "size_bytes", "content_type")
    assert {name: found[name] for name in same} == {name: mine[name] for name in same}
    assert found["name"] == mine["path"].split("/")[1]
    assert (await web.get(found["url"])).status_code == 200
    assert answer.json()["used_bytes"] == mine["size_bytes"]


async def test_pages_follow_each_other_newest_first(edge: Edge, user: User) -> None:
    paths = [(await upload(edge, user, colour))["path"] for colour in (RED, GREEN, BLUE)]
    found: list[dict[str, Any]] = []
    for _ in range(2):
        before = {"before": found[-1]["created_at"]} if found else {}
        answer = await edge.http.post("reference-images", json={"limit": 2, **before}, headers=user.headers)
        found += answer.json()["references"]
    assert [item["path"] for item in found] == paths[::-1]


async def test_a_deleted_one_is_gone_and_not_found_again(edge: Edge, user: User, web: httpx.AsyncClient) -> None:
    body = await upload(edge, user)
    url = f"reference-images/{body['path'].split('/')[1]}"
    first, again = [await edge.http.delete(url, headers=user.headers) for _ in range(2)]
    assert (first.status_code, first.json()) == (200, {"success": True, "path": body["path"]})
    assert (again.status_code, again.json()["code"]) == (404, "not_found")
    assert (await web.get(body["url"])).status_code == 400
    assert (await edge.http.get("reference-images", headers=user.headers)).json()["references"] == []


async def test_another_user_s_is_not_found_and_stays(
    edge: Edge, user: User, other_user: User, web: httpx.AsyncClient
) -> None:
    theirs = await upload(edge, other_user)
    name = theirs["path"].split("/")[1]
    for attempt in (name, theirs["path"], f"../{theirs['path']}", f"%2e%2e/{theirs['path']}", f"{user.id}/../{name}"):
        answer = await edge.http.delete(
            f"http://functions.test/functions/v1/reference-images/{attempt}", headers=user.headers
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await web.get(theirs["url"])).status_code == 200


async def test_one_in_a_folder_of_the_user_s_own_is_deleted_too(edge: Edge, user: User) -> None:
    """Clients may upload to the bucket themselves, into any folder below their own."""
    await edge.clients.storage.upload("reference_images", f"{user.id}/cats/one.png", png(), "image/png")
    answer = await edge.http.delete("reference-images/cats/one.png", headers=user.headers)
    assert (answer.status_code, answer.json()["path"]) == (200, f"{user.id}/cats/one.png")


@pytest.mark.parametrize("name", ["%00", "a%00b", "x" * 2000])
async def test_a_name_that_is_none_is_refused(doubles: Doubles, name: str) -> None:
    answer = await doubles.http.delete(f"reference-images/{name}", headers=doubles.as_user)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert doubles.database.calls == []


async def test_nobody_sees_or_deletes_anything_without_signing_in(doubles: Doubles) -> None:
    for method, url in (("GET", "reference-images"), ("DELETE", "reference-images/a.png")):
        assert (await doubles.http.request(method, url)).status_code == 401
        assert (await doubles.http.request(method, url, headers=doubles.as_service)).status_code == 401
    assert doubles.database.calls == []
