"""The forms and bodies that clients send."""

import base64
import json

import httpx
import pytest

from tests.fixtures.storage_service import Service

FORM = {"Content-Type": "multipart/form-data; boundary=b"}


async def send(service: Service, bucket: str, **options: object) -> httpx.Response:
    return await service.request("POST", f"/object/{bucket}/a", service.service_role, **options)


async def test_a_raw_body_takes_its_type_and_cache_control_from_the_headers(service: Service, bucket: str) -> None:
    headers = {"Content-Type": "image/png", "Cache-Control": "max-age=60"}
    await send(service, bucket, content=b"x", headers=headers)
    info = await service.admin.from_(bucket).info("a")
    assert (info["content_type"], info["cache_control"]) == ("image/png", "max-age=60")


async def test_a_raw_body_without_headers_is_just_bytes(service: Service, bucket: str) -> None:
    await send(service, bucket, content=b"x")
    info = await service.admin.from_(bucket).info("a")
    assert (info["content_type"], info["cache_control"]) == ("application/octet-stream", "no-cache")


async def test_the_javascript_client_s_metadata_header_is_understood(service: Service, bucket: str) -> None:
    metadata = {"job": "7", "tags": ["x"]}
    header = base64.b64encode(json.dumps(metadata).encode()).decode()
    await send(service, bucket, content=b"x", headers={"x-metadata": header})
    assert (await service.admin.from_(bucket).info("a"))["metadata"] == metadata


@pytest.mark.parametrize("header", ["not base64!", base64.b64encode(b"not json").decode(), "WzFd"])
async def test_metadata_that_is_no_object_counts_as_none(service: Service, bucket: str, header: str) -> None:
    assert (await send(service, bucket, content=b"x", headers={"x-metadata": header})).status_code == 200
    assert (await service.admin.from_(bucket).info("a"))["metadata"] == {}


async def test_the_javascript_client_s_form_is_understood(service: Service, bucket: str) -> None:
    """Fields first, then the file in a part without a name."""
    form = (
        b'--b\r\nContent-Disposition: form-data; name="cacheControl"\r\n\r\n60\r\n'
        b'--b\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{"job":"7"}\r\n'
        b'--b\r\nContent-Disposition: form-data; name=""; filename="blob"\r\nContent-Type: image/png\r\n\r\nhello\r\n'
        b"--b--\r\n"
    )
    assert (await send(service, bucket, content=form, headers=FORM)).status_code == 200
    info = await service.admin.from_(bucket).info("a")
    assert (info["content_type"], info["cache_control"], info["metadata"]) == ("image/png", "max-age=60", {"job": "7"})
    assert await service.admin.from_(bucket).download("a") == b"hello"


async def test_fields_after_the_file_count_too(service: Service, bucket: str) -> None:
    form = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhello\r\n'
        b'--b\r\nContent-Disposition: form-data; name="cacheControl"\r\n\r\n60\r\n--b--\r\n'
    )
    await send(service, bucket, content=form, headers=FORM)
    assert (await service.admin.from_(bucket).info("a"))["cache_control"] == "max-age=60"


async def test_of_several_files_the_first_counts(service: Service, bucket: str) -> None:
    await send(service, bucket, files=[("a", ("a", b"first", "text/plain")), ("b", ("b", b"second", "image/png"))])
    assert await service.admin.from_(bucket).download("a") == b"first"
    assert (await service.admin.from_(bucket).info("a"))["content_type"] == "text/plain"


async def test_bytes_that_look_like_the_boundary_belong_to_the_file(service: Service, bucket: str) -> None:
    content = b"\r\n--\r\n--b\r\n--boundar\r\n" * 10_000
    await service.admin.from_(bucket).upload("a", content)
    assert await service.admin.from_(bucket).download("a") == content


async def test_a_form_that_comes_byte_by_byte_is_understood(service: Service, bucket: str) -> None:
    form = (
        b'--b\r\nContent-Disposition: form-data; name="cacheControl"\r\n\r\n60\r\n'
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\nContent-Type: a/b\r\n\r\nhello\r\n--b--\r\n'
    )
    chunks = [line for byte in form for line in (b"1", bytes([byte]))]
    head = (b"Content-Type: multipart/form-data; boundary=b", b"Transfer-Encoding: chunked", b"")
    async with service.raw_upload(f"/object/{bucket}/a", *head, *chunks, b"0", b"", b"") as (reader, _):
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
    info = await service.admin.from_(bucket).info("a")
    assert (info["content_type"], info["cache_control"], info["size"]) == ("a/b", "max-age=60", 5)


@pytest.mark.parametrize(
    ("content_type", "form"),
    [
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nx\r\n--b--\r\n'),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; filename=a\r\n\r\nbroken off"),
        ("multipart/form-data; boundary=b", b"no form at all"),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data", b"--b--\r\n"),
        (f"multipart/form-data; boundary={'b' * 300}", b"--b--\r\n"),
    ],
    ids=["no file", "broken off", "no form", "empty", "no boundary", "boundary too long"],
)
async def test_a_form_without_a_whole_file_is_refused(
    service: Service, bucket: str, content_type: str, form: bytes
) -> None:
    answer = await send(service, bucket, content=form, headers={"Content-Type": content_type})
    assert answer.json() == {"statusCode": "400", "error": "InvalidRequest", "message": "No content provided"}
    assert not service.files(bucket)
    assert not await service.admin.from_(bucket).exists("a")


async def test_a_field_of_unreasonable_size_is_refused(service: Service, bucket: str) -> None:
    answer = await send(service, bucket, data={"metadata": "x" * 1_100_000}, files={"f": ("a", b"x")})
    assert answer.json()["statusCode"] == "413"


@pytest.mark.parametrize("seconds", ["", "a day", "60\r\nSet-Cookie: x=y"])
async def test_a_cache_time_that_is_no_number_means_no_cache(service: Service, bucket: str, seconds: str) -> None:
    await send(service, bucket, data={"cacheControl": seconds}, files={"f": ("a", b"x")})
    assert (await service.admin.from_(bucket).info("a"))["cache_control"] == "no-cache"
