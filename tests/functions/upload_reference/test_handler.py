"""Uploads over HTTP."""

import asyncio
import threading
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from devstack.project import Project
from functions.edge.middleware import BODY_LIMIT as MIDDLEWARE_LIMIT
from functions.upload_reference.form import BODY_LIMIT
from functions.upload_reference.pictures import Picture
from shared.bounds import REFERENCE_BYTES
from tests.fixtures.functions import Doubles, Edge
from tests.fixtures.limits import limits
from tests.fixtures.pictures import BLUE, decoded, encoded, png
from tests.fixtures.users import User

URLS = ["upload-reference", "http://functions.test/api/upload-reference"]
ADMITTED = {"outcome": "admitted", "used_bytes": 0, "limit_bytes": 2**30}


def form(data: bytes, field: str = "file", name: str = "cat.png", type_: str = "image/png") -> dict[str, Any]:
    return {field: (name, data, type_)}


async def upload(
    doubles: Doubles, files: Any, fields: dict[str, str] | None = None, url: str = "upload-reference"
) -> httpx.Response:
    return await doubles.http.post(url, files=files, data=fields, headers=doubles.as_user)


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("field", ["file", "image"])
async def test_an_upload_is_an_object_that_a_job_may_refer_to(
    edge: Edge, user: User, web: httpx.AsyncClient, url: str, field: str
) -> None:
    answer = await edge.http.post(url, files=form(png((30, 20)), field), headers=user.headers)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["bucket"], body["content_type"], body["width"], body["height"]) == (
        "reference_images",
        "image/png",
        30,
        20,
    )
    assert body["reference_image_url"] == f"reference_images/{body['path']}"
    assert body["path"].startswith(f"{user.id}/")

    shown = await web.get(body["url"])
    assert decoded(shown.content).size == (30, 20)
    assert (len(shown.content), shown.headers["content-type"]) == (body["size_bytes"], "image/png")
    for reference in (body["reference_image_url"], body["path"], body["url"]):
        job = {"job_type": "sdxl_image_fast", "prompt": "a cat", "reference_image_url": reference}
        queued = await edge.http.post("queue-job", json=job, headers=user.headers)
        assert queued.json()["job"]["metadata"]["reference_image_url"] == body["reference_image_url"], queued.text


async def test_the_same_picture_again_is_the_same_object(edge: Edge, user: User, other_user: User, owner: Any) -> None:
    first, again = [
        (await edge.http.post("upload-reference", files=form(png(), name=name), headers=user.headers)).json()
        for name in ("a.png", "b.png")
    ]
    theirs = (await edge.http.post("upload-reference", files=form(png()), headers=other_user.headers)).json()
    assert first["path"] == again["path"]
    # Nobody learns from a path what others have.
    assert theirs["path"].split("/")[1] != first["path"].split("/")[1]
    rows = await owner.fetch(
        "select version from storage.objects where bucket_id = 'reference_images' and name like $1", f"{user.id}/%"
    )
    assert len(rows) == 1


async def test_one_that_was_deleted_can_be_sent_again(edge: Edge, user: User, web: httpx.AsyncClient) -> None:
    paths = []
    for _ in range(2):
        body = (await edge.http.post("upload-reference", files=form(png()), headers=user.headers)).json()
        assert (await web.get(body["url"])).status_code == 200
        paths.append(body["path"])
        await edge.clients.storage.remove("reference_images", [body["path"]])
    assert paths[0] == paths[1]


async def test_beyond_the_store_s_limit_nothing_is_kept(edge: Edge, user: User, owner: Any) -> None:
    size = len(png())
    async with limits(owner, reference_store_bytes=size + size // 2):
        first = await edge.http.post("upload-reference", files=form(png()), headers=user.headers)
        # The same again takes no room.
        again = await edge.http.post("upload-reference", files=form(png()), headers=user.headers)
        second = await edge.http.post("upload-reference", files=form(png(colour=BLUE)), headers=user.headers)
    assert (first.status_code, again.status_code, second.status_code) == (200, 200, 413)
    assert (second.json()["code"], second.json()["referenceImageError"]) == ("store_full", True)
    count = await owner.fetchval("select count(*) from storage.objects where name like $1", f"{user.id}/%")
    assert count == 1


async def test_a_file_of_several_megabytes_is_taken(doubles: Doubles) -> None:
    """More than any other function reads."""
    doubles.database.will_answer("admit_reference", ADMITTED)
    photo = encoded(Image.effect_noise((1400, 1400), 90).convert("RGB"))
    assert len(photo) > 2 * MIDDLEWARE_LIMIT
    body = (await upload(doubles, form(photo))).json()
    assert (body["width"], body["size_bytes"] > MIDDLEWARE_LIMIT) == (1400, True)


async def test_no_more_than_two_pictures_are_made_at_once(doubles: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are made beside the event loop, and each may take several hundred megabytes."""
    begun: list[bytes] = []
    may_end = threading.Event()

    def make(data: bytes) -> Picture:
        begun.append(data)
        may_end.wait(10)
        return Picture(data, "png", "image/png", 1, 1)

    monkeypatch.setattr("functions.upload_reference.pictures.remake", make)
    doubles.database.will_answer("admit_reference", *[ADMITTED] * 6)
    uploads = [asyncio.create_task(upload(doubles, form(bytes([number])))) for number in range(6)]
    async with asyncio.timeout(10):
        while len(begun) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
    # Everybody else comes as far as they may.
    for _ in range(1000):
        await asyncio.sleep(0)
    waited = len(begun)
    may_end.set()
    assert {answer.status_code for answer in await asyncio.gather(*uploads)} == {200}
    assert (waited, len(begun)) == (2, 6)


async def test_it_comes_through_the_project_s_gateway(project: Project, user: User, web: httpx.AsyncClient) -> None:
    headers = {"apikey": project.keys.publishable_key, **user.headers}
    url = f"{project.url}/functions/v1/upload-reference"
    answer = await web.post(url, files=form(png((20, 10))), headers=headers)
    assert (answer.status_code, answer.json()["width"]) == (200, 20), answer.text


async def test_content_decides_and_not_the_name_or_the_declared_type(doubles: Doubles) -> None:
    doubles.database.will_answer("admit_reference", ADMITTED)
    body = (await upload(doubles, form(png(), name="cat.gif", type_="application/pdf"))).json()
    assert body["path"].endswith(".png")
    ((data, content_type),) = doubles.storage.uploaded.values()
    assert (decoded(data).format, content_type) == ("PNG", "image/png")


async def test_what_is_said_of_it_is_answered(doubles: Doubles) -> None:
    doubles.database.will_answer("admit_reference", ADMITTED)
    body = (await upload(doubles, form(png()), {"reference_type": "style", "name": "my cat"})).json()
    assert (body["reference_type"], body["name"]) == ("style", "my cat")


@pytest.mark.parametrize(
    ("files", "fields", "status", "code"),
    [
        (form(b"MZ\x90\x00 no picture"), {}, 415, "unsupported_media_type"),
        (form(png()[:60]), {}, 400, "invalid_request"),
        (form(b""), {}, 415, "unsupported_media_type"),
        (form(png(), "picture"), {}, 400, "invalid_request"),
        ([*form(png()).items(), *form(png(), "image").items()], {}, 400, "invalid_request"),
        ({"file": (None, "no file but a text")}, {}, 400, "invalid_request"),
        (form(png()), {"reference_type": "mood"}, 400, "invalid_request"),
        (form(png()), {"name": "x" * 256}, 400, "invalid_request"),
        (form(png()), {"name": "\0"}, 400, "invalid_request"),
        (form(png()), {"name": "x" * 20_000}, 400, "invalid_request"),
        (form(png()), {str(number): "x" for number in range(20)}, 400, "invalid_request"),
        (form(bytes(REFERENCE_BYTES + 1)), {}, 413, "body_too_large"),
        (form(bytes(BODY_LIMIT + 1)), {}, 413, "body_too_large"),
    ],
)
async def test_a_bad_upload_is_refused_and_leaves_nothing(
    doubles: Doubles, files: Any, fields: dict[str, str], status: int, code: str
) -> None:
    answer = await upload(doubles, files, fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (answer.json()["referenceImageError"], answer.json()["success"]) == (True, False)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (doubles.storage.uploaded, doubles.database.calls) == ({}, [])


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b'{"file": "x"}', "application/json", 415),
        (b"", "", 415),
        (png(), "image/png", 415),
        (b"no form", "multipart/form-data", 400),
        (b"no form", "multipart/form-data; boundary=x", 400),
    ],
)
async def test_a_body_that_is_no_form_is_refused(
    doubles: Doubles, content: bytes, content_type: str, status: int
) -> None:
    headers = {**doubles.as_user, "content-type": content_type}
    answer = await doubles.http.post("upload-reference", content=content, headers=headers)
    assert (answer.status_code, answer.json()["referenceImageError"]) == (status, True), answer.text


async def test_nobody_makes_us_read_a_file_without_signing_in(doubles: Doubles) -> None:
    async def body() -> Any:
        pytest.fail("it was read")
        yield b""

    answer = await doubles.http.post(
        "upload-reference", content=body(), headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code == 401


async def test_one_that_is_gone_by_the_time_of_the_answer_may_be_sent_again(doubles: Doubles) -> None:
    doubles.database.will_answer("admit_reference", {"outcome": "stored"})
    answer = await upload(doubles, form(png()))
    assert (answer.status_code, answer.json()["retryable"]) == (503, True)


async def test_the_database_is_asked_for_room_before_anything_is_stored(doubles: Doubles) -> None:
    doubles.database.will_answer("admit_reference", {"outcome": "full", "used_bytes": 2**30, "limit_bytes": 2**30})
    answer = await upload(doubles, form(png()))
    assert (answer.status_code, doubles.storage.uploaded) == (413, {})
    ((_, arguments),) = doubles.database.calls
    assert arguments["p_user_id"] == doubles.user_id
    assert UUID(arguments["p_path"].split("/")[1].removesuffix(".png"))
    assert "1024 MB" in answer.json()["error"]
