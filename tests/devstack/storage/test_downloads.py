"""Downloads: ranges, conditions, names for saving, public buckets."""

import hashlib

import httpx
import pytest

from tests.fixtures.storage_service import Caller, Service

CONTENT = bytes(range(200))
OPTIONS = {"content-type": "video/mp4", "cache-control": "60"}


@pytest.fixture
async def path(service: Service, bucket: str) -> str:
    await service.admin.from_(bucket).upload("a b/c.mp4", CONTENT, OPTIONS)  # type: ignore[arg-type]
    return f"/object/{bucket}/a%20b/c.mp4"


async def get(service: Service, path: str, **headers: str) -> httpx.Response:
    return await service.request("GET", path, service.service_role, headers=headers)


async def test_a_download_carries_the_object_s_headers(service: Service, path: str) -> None:
    answer = await get(service, path)
    assert answer.content == CONTENT
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == "200"
    assert answer.headers["cache-control"] == "max-age=60"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()}"'
    assert answer.headers["last-modified"].endswith(" GMT")
    assert "content-disposition" not in answer.headers


async def test_authenticated_is_another_word_for_the_same(service: Service, path: str) -> None:
    assert (await get(service, path.replace("/object/", "/object/authenticated/"))).content == CONTENT


@pytest.mark.parametrize(
    ("asked", "start", "end"), [("0-9", 0, 10), ("190-", 190, 200), ("-5", 195, 200), ("150-999", 150, 200)]
)
async def test_a_range_is_served_alone(service: Service, path: str, asked: str, start: int, end: int) -> None:
    answer = await get(service, path, Range=f"bytes={asked}")
    assert answer.status_code == 206
    assert answer.content == CONTENT[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/200"
    assert answer.headers["content-length"] == str(end - start)
    assert answer.headers["content-type"] == "video/mp4"


async def test_a_range_past_the_end_is_not_satisfiable(service: Service, path: str) -> None:
    answer = await get(service, path, Range="bytes=200-")
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */200"


async def test_a_range_of_another_version_is_answered_with_the_whole(service: Service, path: str) -> None:
    answer = await get(service, path, Range="bytes=0-9", **{"If-Range": '"of yesterday"'})
    assert (answer.status_code, answer.content) == (200, CONTENT)


async def test_head_answers_without_the_bytes(service: Service, path: str) -> None:
    answer = await service.request("HEAD", path, service.service_role)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "200"


async def test_head_of_nothing_is_a_400_as_the_javascript_client_expects(service: Service, bucket: str) -> None:
    assert (await service.request("HEAD", f"/object/{bucket}/nothing", service.service_role)).status_code == 400


async def test_a_client_that_has_the_version_gets_no_bytes_again(service: Service, path: str) -> None:
    etag = (await get(service, path)).headers["etag"]
    answer = await get(service, path, **{"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    ("query", "disposition"),
    [
        ("download=", "attachment;"),
        ("download=my%20film.mp4", "attachment; filename=my%20film.mp4; filename*=UTF-8''my%20film.mp4;"),
        (
            "download=%C3%A9%22%0D%0A.mp4",
            "attachment; filename=%C3%A9%22%0D%0A.mp4; filename*=UTF-8''%C3%A9%22%0D%0A.mp4;",
        ),
    ],
)
async def test_download_names_the_file_to_save(service: Service, path: str, query: str, disposition: str) -> None:
    assert (await get(service, f"{path}?{query}")).headers["content-disposition"] == disposition


async def test_html_is_served_as_text(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.html", b"<script>", {"content-type": "text/html"})
    assert (await get(service, f"/object/{bucket}/a.html")).headers["content-type"] == "text/plain"


async def test_what_is_not_there_is_not_found(service: Service, bucket: str) -> None:
    answer = await get(service, f"/object/{bucket}/nothing")
    assert answer.status_code == 400
    assert answer.json() == {"statusCode": "404", "error": "not_found", "message": "Object not found"}


async def test_an_unknown_bucket_is_not_found(service: Service) -> None:
    answer = await get(service, "/object/no-such-bucket/a")
    assert answer.json() == {"statusCode": "404", "error": "Bucket not found", "message": "Bucket not found"}


async def test_an_object_whose_file_is_gone_is_not_found(service: Service, bucket: str, path: str) -> None:
    for file in service.files(bucket):
        file.unlink()
    assert (await get(service, path)).json()["message"] == "Object not found"


async def test_a_public_bucket_needs_no_token(service: Service) -> None:
    bucket = await service.new_bucket(public=True)
    await service.admin.from_(bucket).upload("a.txt", b"hello")
    url = await service.admin.from_(bucket).get_public_url("a.txt")
    assert (await service.http.get(url)).content == b"hello"


async def test_a_public_bucket_asks_no_policy(service: Service, alice: Caller) -> None:
    bucket = await service.new_bucket(public=True)
    await service.admin.from_(bucket).upload("a.txt", b"hello")
    assert await service.as_(alice).from_(bucket).download("a.txt") == b"hello"


async def test_a_private_bucket_has_no_public_face(service: Service, path: str) -> None:
    answer = await service.request("GET", path.replace("/object/", "/object/public/"))
    assert answer.json()["message"] == "Bucket not found"


async def test_a_large_object_comes_in_pieces(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.bin", b"x" * 3_000_000)
    url = f"{service.url}/object/{bucket}/a.bin"
    async with service.http.stream("GET", url, headers=service.service_role.headers) as answer:
        sizes = [len(piece) async for piece in answer.aiter_raw()]
    assert sum(sizes) == 3_000_000
    assert len(sizes) > 10
