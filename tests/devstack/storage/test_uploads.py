"""Uploads: rows, files, replacement, races, broken connections, the bucket's limits."""

import asyncio
import json
import uuid

import asyncpg
import pytest
from storage3.exceptions import StorageApiError

from tests.fixtures.storage_service import Caller, HeldUpload, Service, eventually


async def test_an_upload_answers_with_its_key_and_id(service: Service, bucket: str) -> None:
    answer = await service.request("POST", f"/object/{bucket}/a/b.txt", service.service_role, content=b"hello")
    info = await service.admin.from_(bucket).info("a/b.txt")
    assert answer.json() == {"Id": info["id"], "Key": f"{bucket}/a/b.txt"}


async def test_the_bytes_come_back_as_they_were_sent(service: Service, bucket: str) -> None:
    content = bytes(range(256)) * 4096
    await service.admin.from_(bucket).upload("a.bin", content)
    assert await service.admin.from_(bucket).download("a.bin") == content


async def test_an_empty_file_is_an_object_too(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("empty.txt", b"")
    assert await service.admin.from_(bucket).download("empty.txt") == b""


async def test_the_row_carries_the_metadata_of_the_real_storage(
    service: Service, bucket: str, postgres: asyncpg.Connection
) -> None:
    await service.admin.from_(bucket).upload(
        "a.png", b"hello", {"content-type": "image/png", "cache-control": "60", "metadata": {"job": "7"}}
    )
    row = await postgres.fetchrow("select * from storage.objects where bucket_id = $1", bucket)
    metadata = json.loads(row["metadata"])
    assert metadata.pop("lastModified").endswith("Z")
    assert metadata == {
        "eTag": '"5d41402abc4b2a76b9719d911017c592"',
        "size": 5,
        "mimetype": "image/png",
        "cacheControl": "max-age=60",
        "contentLength": 5,
        "httpStatusCode": 200,
    }
    assert json.loads(row["user_metadata"]) == {"job": "7"}
    assert uuid.UUID(row["version"])


async def test_the_uploader_becomes_the_owner(
    service: Service, per_user_bucket: str, alice: Caller, postgres: asyncpg.Connection
) -> None:
    await service.as_(alice).from_(per_user_bucket).upload(f"{alice.id}/a.txt", b"a")
    row = await postgres.fetchrow("select owner, owner_id from storage.objects where bucket_id = $1", per_user_bucket)
    assert (str(row["owner"]), row["owner_id"]) == (alice.id, alice.id)


async def test_a_subject_that_is_no_uuid_owns_by_owner_id_alone(service: Service, postgres: asyncpg.Connection) -> None:
    bucket = await service.new_bucket("drop-box")
    await service.as_(service.new_user(sub="user_2x")).from_(bucket).upload("a.txt", b"a")
    row = await postgres.fetchrow("select owner, owner_id from storage.objects where bucket_id = $1", bucket)
    assert tuple(row) == (None, "user_2x")


async def test_the_file_lies_under_bucket_path_and_version(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a/b.txt", b"hello")
    version = (await service.admin.from_(bucket).info("a/b.txt"))["version"]
    assert (service.folder / bucket / "a" / "b.txt" / version).read_bytes() == b"hello"


async def test_a_second_upload_to_the_same_path_is_refused_as_duplicate(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"first")
    answer = await service.request("POST", f"/object/{bucket}/a.txt", service.service_role, content=b"second")
    assert answer.status_code == 400
    assert answer.json() == {"statusCode": "409", "error": "Duplicate", "message": "The resource already exists"}
    assert await service.admin.from_(bucket).download("a.txt") == b"first"


async def test_an_upsert_replaces_the_object_and_deletes_the_old_file(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"first")
    before = await service.admin.from_(bucket).info("a.txt")
    await service.admin.from_(bucket).upload("a.txt", b"second", {"upsert": "true"})
    after = await service.admin.from_(bucket).info("a.txt")
    assert after["id"] == before["id"]
    assert after["version"] != before["version"]
    assert [path.read_bytes() for path in service.files(bucket)] == [b"second"]


async def test_an_update_replaces_the_object(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"first")
    await service.admin.from_(bucket).update("a.txt", b"second")
    assert await service.admin.from_(bucket).download("a.txt") == b"second"


async def test_an_update_of_nothing_creates_the_object(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).update("a.txt", b"first")
    assert await service.admin.from_(bucket).download("a.txt") == b"first"


async def test_of_two_open_uploads_to_a_new_path_both_succeed_and_the_later_finisher_wins(
    service: Service, bucket: str
) -> None:
    held = HeldUpload(service, "POST", f"/object/{bucket}/a.txt")
    await eventually(lambda: len(service.files(bucket)) == 1)
    await service.admin.from_(bucket).upload("a.txt", b"overtaking")
    overtaking = await service.admin.from_(bucket).info("a.txt")
    assert (await held.finish()).json() == {"Id": overtaking["id"], "Key": f"{bucket}/a.txt"}
    assert await service.admin.from_(bucket).download("a.txt") == b"first,last"
    assert len(service.files(bucket)) == 1


async def test_uploads_that_finish_at_once_leave_one_object_and_its_file(service: Service, bucket: str) -> None:
    held = [HeldUpload(service, "POST", f"/object/{bucket}/a.txt", first=b"%d," % n) for n in range(6)]
    await eventually(lambda: len(service.files(bucket)) == len(held))
    answers = await asyncio.gather(*(upload.finish() for upload in held))
    assert {answer.status_code for answer in answers} == {200}
    assert [path.read_bytes() for path in service.files(bucket)] == [
        await service.admin.from_(bucket).download("a.txt")
    ]


async def test_the_old_object_is_served_while_its_replacement_is_on_the_way(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"old")
    held = HeldUpload(service, "PUT", f"/object/{bucket}/a.txt")
    await eventually(lambda: len(service.files(bucket)) == 2)
    assert await service.admin.from_(bucket).download("a.txt") == b"old"
    await held.finish()
    assert await service.admin.from_(bucket).download("a.txt") == b"first,last"


async def test_the_bytes_reach_the_disk_before_the_upload_is_complete(service: Service, bucket: str) -> None:
    held = HeldUpload(service, "POST", f"/object/{bucket}/a.bin", first=b"x" * 1_000_000)
    await eventually(lambda: [path.stat().st_size for path in service.files(bucket)] == [1_000_000])
    await held.finish()


@pytest.mark.parametrize("framing", [b"Content-Length: 1000000", b"Transfer-Encoding: chunked"])
async def test_a_client_that_disconnects_leaves_no_row_and_no_file(
    service: Service, bucket: str, framing: bytes
) -> None:
    async with service.raw_upload(f"/object/{bucket}/deep/down.bin", framing, b"", b"5", b"hello"):
        await eventually(lambda: len(service.files(bucket)) == 1)
    await eventually(lambda: not (service.folder / bucket).exists())
    assert not await service.admin.from_(bucket).exists("deep/down.bin")


async def test_a_replacement_that_breaks_off_leaves_the_old_object(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"old")
    upload = service.raw_upload(f"/object/{bucket}/a.txt", b"x-upsert: true", b"Content-Length: 1000000", b"", b"new")
    async with upload:
        await eventually(lambda: len(service.files(bucket)) == 2)
    await eventually(lambda: len(service.files(bucket)) == 1)
    assert await service.admin.from_(bucket).download("a.txt") == b"old"


async def test_a_bucket_that_vanishes_meanwhile_leaves_no_file(service: Service, bucket: str) -> None:
    held = HeldUpload(service, "POST", f"/object/{bucket}/a.txt")
    await eventually(lambda: len(service.files(bucket)) == 1)
    await service.admin.delete_bucket(bucket)
    answer = await held.finish()
    assert (answer.json()["statusCode"], answer.json()["message"]) == ("404", "The related resource does not exist")
    assert not service.files(bucket)


async def test_a_file_of_just_the_bucket_s_limit_is_taken(service: Service) -> None:
    bucket = await service.new_bucket(file_size_limit=10)
    await service.admin.from_(bucket).upload("a.txt", b"x" * 10)
    assert (await service.admin.from_(bucket).info("a.txt"))["size"] == 10


@pytest.mark.parametrize("body", [{"files": {"file": ("a.txt", b"x" * 11)}}, {"content": b"x" * 11}], ids=str)
async def test_a_file_past_the_bucket_s_limit_is_refused_and_forgotten(
    service: Service, body: dict[str, object]
) -> None:
    bucket = await service.new_bucket(file_size_limit=10)
    answer = await service.request("POST", f"/object/{bucket}/a.txt", service.service_role, **body)
    assert answer.status_code == 400
    assert answer.json() == {
        "statusCode": "413",
        "error": "Payload too large",
        "message": "The object exceeded the maximum allowed size",
    }
    assert not service.files(bucket)
    assert not await service.admin.from_(bucket).exists("a.txt")


async def test_a_limit_of_zero_is_a_limit(service: Service) -> None:
    bucket = await service.new_bucket(file_size_limit=0)
    with pytest.raises(StorageApiError, match="exceeded the maximum"):
        await service.admin.from_(bucket).upload("a.txt", b"x")


async def test_the_limit_is_enforced_while_the_bytes_still_flow(service: Service) -> None:
    bucket = await service.new_bucket(file_size_limit=10)
    chunk = (b"B", b"x" * 11, b"")
    upload = service.raw_upload(f"/object/{bucket}/a.bin", b"Transfer-Encoding: chunked", b"", *chunk)
    async with upload as (reader, _), asyncio.timeout(10):
        assert await reader.readline() == b"HTTP/1.1 400 Bad Request\r\n"


@pytest.mark.parametrize(
    ("allowed", "sent"),
    [
        (["image/png"], "image/png"),
        (["video/mp4", "image/*"], "image/webp"),
        (["text/plain"], "text/plain;charset=UTF-8"),
        ([], "application/pdf"),
    ],
)
async def test_a_type_the_bucket_allows_is_taken(service: Service, allowed: list[str], sent: str) -> None:
    bucket = await service.new_bucket(allowed_mime_types=allowed)
    await service.admin.from_(bucket).upload("a", b"x", {"content-type": sent})
    assert (await service.admin.from_(bucket).info("a"))["content_type"] == sent


@pytest.mark.parametrize("sent", ["image/jpeg", "videos/mp4", "imagepng", "image", "*/*"])
async def test_a_type_the_bucket_does_not_allow_is_refused(service: Service, sent: str) -> None:
    bucket = await service.new_bucket(allowed_mime_types=["image/png", "video/*"])
    answer = await service.request(
        "POST", f"/object/{bucket}/a", service.service_role, content=b"x", headers={"Content-Type": sent}
    )
    assert answer.status_code == 400
    assert answer.json() == {
        "statusCode": "415",
        "error": "invalid_mime_type",
        "message": f"mime type {sent} is not supported",
    }
    assert not service.files(bucket)


async def test_an_unknown_bucket_is_not_found(service: Service) -> None:
    with pytest.raises(StorageApiError) as refusal:
        await service.admin.from_("no-such-bucket").upload("a.txt", b"x")
    assert (refusal.value.status, refusal.value.message) == ("404", "Bucket not found")


@pytest.mark.parametrize("name", ["a/%2e%2e/%2e%2e/b.txt", "%2e%2e", "a/%2e/b.txt", "a%00b", "a%5Cb", "%C3%A9"])
async def test_a_name_that_is_no_key_is_refused(service: Service, bucket: str, name: str) -> None:
    answer = await service.request("POST", f"/object/{bucket}/{name}", service.service_role, content=b"x")
    assert answer.json()["error"] == "InvalidKey"
    assert not service.files(bucket)


async def test_a_name_too_long_for_the_disk_is_refused(service: Service, bucket: str) -> None:
    answer = await service.request("POST", f"/object/{bucket}/{'x' * 300}", service.service_role, content=b"x")
    assert answer.json()["error"] == "InvalidKey"


async def test_a_leading_slash_does_not_lead_out_of_the_folder(service: Service, bucket: str) -> None:
    answer = await service.request("POST", f"/object/{bucket}//etc/a.txt", service.service_role, content=b"x")
    assert answer.json()["Key"] == f"{bucket}//etc/a.txt"
    assert [path.parent for path in service.files(bucket)] == [service.folder / bucket / "etc" / "a.txt"]
