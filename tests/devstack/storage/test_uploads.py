import asyncio
import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
from storage3.exceptions import StorageApiError


class HeldUpload:
    """An upload whose first bytes have been sent and whose last are held back."""

    def __init__(self, http, path, headers, *, method="POST", first=b"first,", last=b"last"):
        self._release = asyncio.Event()
        self._sent = asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield first
            self._sent.set()
            await self._release.wait()
            yield last

        request = http.request(method, path, content=body(), headers={"Content-Type": "text/plain", **headers})
        self.response = asyncio.create_task(request)

    async def started(self, service, bucket) -> None:
        await self._sent.wait()
        await eventually(lambda: any(path.stat().st_size for path in service.files(bucket)))

    async def finish(self) -> httpx.Response:
        self._release.set()
        return await self.response


async def eventually(condition) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


async def test_an_upload_answers_with_its_key_and_id(service, bucket):
    answer = await service.http.post(f"/object/{bucket}/a/b.txt", content=b"hello", headers=service.admin_headers)
    info = await service.admin.from_(bucket).info("a/b.txt")
    assert answer.json() == {"Id": info["id"], "Key": f"{bucket}/a/b.txt"}


async def test_the_bytes_come_back_as_they_were_sent(service, bucket):
    content = bytes(range(256)) * 4096
    await service.admin.from_(bucket).upload("a.bin", content)
    assert await service.admin.from_(bucket).download("a.bin") == content


async def test_an_empty_file_is_an_object_too(service, bucket):
    await service.admin.from_(bucket).upload("empty.txt", b"")
    assert await service.admin.from_(bucket).download("empty.txt") == b""


async def test_the_row_carries_the_metadata_of_the_real_storage(service, bucket, cluster, postgres):
    options = {"content-type": "image/png", "cache-control": "60", "metadata": {"job": "7"}}
    await service.admin.from_(bucket).upload("a.png", b"hello", options)
    row = await postgres.fetchrow(
        "select metadata - 'lastModified' as metadata, user_metadata, version, path_tokens"
        " from storage.objects where bucket_id = $1",
        bucket,
    )
    assert row["metadata"] == (
        '{"eTag": "\\"5d41402abc4b2a76b9719d911017c592\\"", "size": 5, "mimetype": "image/png",'
        ' "cacheControl": "max-age=60", "contentLength": 5, "httpStatusCode": 200}'
    )
    assert row["user_metadata"] == '{"job": "7"}'
    assert uuid.UUID(row["version"])
    assert row["path_tokens"] == ["a.png"]


async def test_the_uploader_becomes_the_owner(service, per_user_bucket, alice, postgres):
    await service.as_(alice.token).from_(per_user_bucket).upload(f"{alice.id}/a.txt", b"a")
    row = await postgres.fetchrow("select owner, owner_id from storage.objects where bucket_id = $1", per_user_bucket)
    assert (str(row["owner"]), row["owner_id"]) == (alice.id, alice.id)


async def test_the_file_lies_under_bucket_path_and_version(service, bucket):
    await service.admin.from_(bucket).upload("a/b.txt", b"hello")
    version = (await service.admin.from_(bucket).info("a/b.txt"))["version"]
    assert (service.folder / bucket / "a" / "b.txt" / version).read_bytes() == b"hello"


async def test_a_second_upload_to_the_same_path_is_refused_as_duplicate(service, bucket):
    await service.admin.from_(bucket).upload("a.txt", b"first")
    answer = await service.http.post(f"/object/{bucket}/a.txt", content=b"second", headers=service.admin_headers)
    assert answer.status_code == 400
    assert answer.json() == {"statusCode": "409", "error": "Duplicate", "message": "The resource already exists"}
    assert await service.admin.from_(bucket).download("a.txt") == b"first"


async def test_an_upsert_replaces_the_object_and_deletes_the_old_file(service, bucket):
    await service.admin.from_(bucket).upload("a.txt", b"first")
    before = await service.admin.from_(bucket).info("a.txt")
    await service.admin.from_(bucket).upload("a.txt", b"second", {"upsert": "true"})
    after = await service.admin.from_(bucket).info("a.txt")
    assert after["id"] == before["id"]
    assert after["version"] != before["version"]
    assert [path.read_bytes() for path in service.files(bucket)] == [b"second"]


async def test_an_update_replaces_the_object(service, bucket):
    await service.admin.from_(bucket).upload("a.txt", b"first")
    await service.admin.from_(bucket).update("a.txt", b"second")
    assert await service.admin.from_(bucket).download("a.txt") == b"second"


async def test_an_update_of_nothing_creates_the_object(service, bucket):
    await service.admin.from_(bucket).update("a.txt", b"first")
    assert await service.admin.from_(bucket).download("a.txt") == b"first"


async def test_of_two_open_uploads_to_a_new_path_both_succeed_and_the_later_finisher_wins(service, bucket):
    held = HeldUpload(service.http, f"/object/{bucket}/a.txt", service.admin_headers)
    await held.started(service, bucket)
    await service.admin.from_(bucket).upload("a.txt", b"overtaking")
    assert await service.admin.from_(bucket).download("a.txt") == b"overtaking"
    assert (await held.finish()).status_code == 200
    assert await service.admin.from_(bucket).download("a.txt") == b"first,last"
    assert len(service.files(bucket)) == 1


async def test_an_upload_that_begins_after_another_finished_is_a_duplicate(service, bucket):
    await service.admin.from_(bucket).upload("a.txt", b"first")
    with pytest.raises(StorageApiError, match="already exists"):
        await service.admin.from_(bucket).upload("a.txt", b"second")
    assert len(service.files(bucket)) == 1


async def test_the_old_object_is_served_while_its_replacement_is_on_the_way(service, bucket):
    await service.admin.from_(bucket).upload("a.txt", b"old")
    held = HeldUpload(service.http, f"/object/{bucket}/a.txt", service.admin_headers, method="PUT")
    await eventually(lambda: len(service.files(bucket)) == 2)
    assert await service.admin.from_(bucket).download("a.txt") == b"old"
    await held.finish()
    assert await service.admin.from_(bucket).download("a.txt") == b"first,last"


async def test_the_bytes_reach_the_disk_before_the_upload_is_complete(service, bucket):
    held = HeldUpload(service.http, f"/object/{bucket}/a.bin", service.admin_headers, first=b"x" * 1_000_000)
    await eventually(lambda: [path.stat().st_size for path in service.files(bucket)] == [1_000_000])
    await held.finish()


@pytest.mark.parametrize("framing", [b"Content-Length: 1000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n5\r\n"])
async def test_a_client_that_disconnects_leaves_no_row_and_no_file(service, bucket, framing):
    reader, writer = await _raw_upload(service, f"{bucket}/deep/down.bin", b"", framing + b"hello")
    await eventually(lambda: service.files(bucket))
    writer.close()
    await writer.wait_closed()
    await eventually(lambda: not (service.folder / bucket).exists())
    assert not await service.admin.from_(bucket).exists("deep/down.bin")
    assert reader.at_eof() or await reader.read() == b""


async def test_a_form_that_breaks_off_leaves_no_row_and_no_file(service, bucket):
    headers = {**service.admin_headers, "Content-Type": "multipart/form-data; boundary=b"}
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhello'
    answer = await service.http.post(f"/object/{bucket}/a.txt", content=form, headers=headers)
    assert answer.json()["message"] == "No content provided"
    assert not service.files(bucket)
    assert not await service.admin.from_(bucket).exists("a.txt")


async def test_a_bucket_that_vanishes_meanwhile_leaves_no_file(service, bucket):
    held = HeldUpload(service.http, f"/object/{bucket}/a.txt", service.admin_headers)
    await held.started(service, bucket)
    await service.admin.delete_bucket(bucket)
    assert (await held.finish()).json()["statusCode"] == "404"
    assert not service.files(bucket)


async def test_a_file_of_just_the_bucket_s_limit_is_taken(service, make_bucket):
    bucket = await make_bucket(file_size_limit=10)
    await service.admin.from_(bucket).upload("a.txt", b"x" * 10)
    assert (await service.admin.from_(bucket).info("a.txt"))["size"] == 10


@pytest.mark.parametrize("as_form", [False, True])
async def test_a_file_past_the_bucket_s_limit_is_refused_and_forgotten(service, make_bucket, as_form):
    bucket = await make_bucket(file_size_limit=10)
    body = {"files": {"file": ("a.txt", b"x" * 11)}} if as_form else {"content": b"x" * 11}
    answer = await service.http.post(f"/object/{bucket}/a.txt", headers=service.admin_headers, **body)
    assert answer.status_code == 400
    assert answer.json() == {
        "statusCode": "413",
        "error": "Payload too large",
        "message": "The object exceeded the maximum allowed size",
    }
    assert not service.files(bucket)
    assert not await service.admin.from_(bucket).exists("a.txt")


async def test_a_limit_of_zero_is_a_limit(service, make_bucket):
    bucket = await make_bucket(file_size_limit=0)
    with pytest.raises(StorageApiError, match="exceeded the maximum"):
        await service.admin.from_(bucket).upload("a.txt", b"x")


async def test_the_limit_is_enforced_while_the_bytes_still_flow(service, make_bucket):
    bucket = await make_bucket(file_size_limit=10)
    chunk = b"B\r\n" + b"x" * 11 + b"\r\n"
    reader, writer = await _raw_upload(service, f"{bucket}/a.bin", b"", b"Transfer-Encoding: chunked\r\n\r\n" + chunk)
    async with asyncio.timeout(10):
        assert b"400" in await reader.readline()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    ("allowed", "sent"),
    [
        (["image/png"], "image/png"),
        (["video/mp4", "image/*"], "image/webp"),
        (["text/plain"], "text/plain;charset=UTF-8"),
        ([], "application/pdf"),
    ],
)
async def test_a_type_the_bucket_allows_is_taken(service, make_bucket, allowed, sent):
    bucket = await make_bucket(allowed_mime_types=allowed)
    await service.admin.from_(bucket).upload("a", b"x", {"content-type": sent})
    assert (await service.admin.from_(bucket).info("a"))["content_type"] == sent


@pytest.mark.parametrize("sent", ["image/jpeg", "videos/mp4", "imagepng", "image"])
async def test_a_type_the_bucket_does_not_allow_is_refused(service, make_bucket, sent):
    bucket = await make_bucket(allowed_mime_types=["image/png", "video/*"])
    headers = {**service.admin_headers, "Content-Type": sent}
    answer = await service.http.post(f"/object/{bucket}/a", content=b"x", headers=headers)
    assert answer.status_code == 400
    assert answer.json() == {
        "statusCode": "415",
        "error": "invalid_mime_type",
        "message": f"mime type {sent} is not supported",
    }
    assert not service.files(bucket)


async def test_an_unknown_bucket_is_not_found(service):
    with pytest.raises(StorageApiError) as refusal:
        await service.admin.from_("no-such-bucket").upload("a.txt", b"x")
    assert (refusal.value.status, refusal.value.message) == ("404", "Bucket not found")


@pytest.mark.parametrize("name", ["a/%2e%2e/%2e%2e/b.txt", "%2e%2e", "a/%2e/b.txt", "a%00b", "a%5Cb", "%C3%A9"])
async def test_a_name_that_is_no_key_is_refused(service, bucket, name):
    # httpx would tidy the path away.
    url = httpx.URL(f"{service.url}/").copy_with(raw_path=f"/storage/v1/object/{bucket}/{name}".encode())
    answer = await service.http.post(url, content=b"x", headers=service.admin_headers)
    assert answer.json()["error"] == "InvalidKey"
    assert not service.files(bucket)


async def test_a_leading_slash_does_not_lead_out_of_the_folder(service, bucket):
    url = f"{service.url}/object/{bucket}//tmp/a.txt"
    answer = await service.http.post(url, content=b"x", headers=service.admin_headers)
    assert answer.json()["Key"] == f"{bucket}//tmp/a.txt"
    assert [path.parent for path in service.files(bucket)] == [service.folder / bucket / "tmp" / "a.txt"]


async def _raw_upload(service, path, head, rest):
    url = httpx.URL(service.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    request = f"POST {url.path}/object/{path} HTTP/1.1\r\nHost: x\r\n"
    writer.write(request.encode() + f"Authorization: Bearer {service.keys.service_role_key}\r\n".encode() + head + rest)
    await writer.drain()
    return reader, writer
