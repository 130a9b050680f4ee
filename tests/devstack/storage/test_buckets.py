"""Buckets through the real client."""

import uuid

import pytest
from storage3.exceptions import StorageApiError

from tests.fixtures.storage_service import Caller, Service


async def test_a_new_bucket_is_private_and_unlimited(service: Service) -> None:
    name = uuid.uuid4().hex
    assert await service.admin.create_bucket(name) == {"name": name}
    bucket = await service.admin.get_bucket(name)
    assert (bucket.id, bucket.name, bucket.public, bucket.type) == (name, name, False, "STANDARD")
    assert (bucket.file_size_limit, bucket.allowed_mime_types) == (None, None)


async def test_a_bucket_keeps_its_options(service: Service) -> None:
    name = await service.new_bucket(public=True, file_size_limit=1000, allowed_mime_types=["image/*", "video/mp4"])
    bucket = await service.admin.get_bucket(name)
    assert (bucket.public, bucket.file_size_limit, bucket.allowed_mime_types) == (
        True,
        1000,
        ["image/*", "video/mp4"],
    )


@pytest.mark.parametrize(
    ("limit", "in_bytes"), [("3B", 3), ("30kb", 30_000), ("1.5MB", 1_500_000), ("20GB", 20_000_000_000), (None, None)]
)
async def test_a_size_limit_may_have_a_unit(service: Service, limit: str | None, in_bytes: int | None) -> None:
    name = await service.new_bucket(file_size_limit=limit)
    assert (await service.admin.get_bucket(name)).file_size_limit == in_bytes


@pytest.mark.parametrize("limit", ["much", "10", "10 MB", "-1B"])
async def test_a_size_limit_in_words_is_refused(service: Service, limit: str) -> None:
    with pytest.raises(StorageApiError, match="Invalid file size format"):
        await service.new_bucket(file_size_limit=limit)


async def test_a_negative_size_limit_is_refused(service: Service) -> None:
    with pytest.raises(StorageApiError, match="file_size_limit"):
        await service.new_bucket(file_size_limit=-1)


@pytest.mark.parametrize("mime_type", ["image", "*/png", "image/png,image/jpeg"])
async def test_what_is_no_mime_type_is_refused(service: Service, mime_type: str) -> None:
    with pytest.raises(StorageApiError, match="is not supported"):
        await service.new_bucket(allowed_mime_types=[mime_type])


@pytest.mark.parametrize("name", ["a/b", "..", ".", "", "ü", "x" * 101])
async def test_a_name_that_could_be_no_folder_is_refused(service: Service, name: str) -> None:
    with pytest.raises(StorageApiError, match="Bucket name invalid"):
        await service.admin.create_bucket(name)


async def test_a_second_bucket_of_that_name_is_a_duplicate(service: Service, bucket: str) -> None:
    with pytest.raises(StorageApiError) as refusal:
        await service.admin.create_bucket(bucket)
    assert (refusal.value.status, refusal.value.code) == ("409", "Duplicate")


async def test_an_update_changes_only_what_it_names(service: Service) -> None:
    name = await service.new_bucket(public=True, file_size_limit=1000)
    answer = await service.admin.update_bucket(name, {"allowed_mime_types": ["image/png"]})
    bucket = await service.admin.get_bucket(name)
    assert answer == {"message": "Successfully updated"}
    assert (bucket.public, bucket.file_size_limit, bucket.allowed_mime_types) == (True, 1000, ["image/png"])


async def test_null_lifts_a_limit(service: Service) -> None:
    name = await service.new_bucket(file_size_limit=1000)
    await service.admin.update_bucket(name, {"file_size_limit": None})  # type: ignore[typeddict-item]
    assert (await service.admin.get_bucket(name)).file_size_limit is None


async def test_the_list_shows_the_buckets(service: Service, bucket: str) -> None:
    other = await service.new_bucket()
    assert {bucket, other} <= {found.id for found in await service.admin.list_buckets()}


async def test_the_list_can_be_searched_sorted_and_cut(service: Service) -> None:
    mark = uuid.uuid4().hex
    for name in "abc":
        await service.admin.create_bucket(f"{name}-{mark}")
    query = f"search={mark.upper()}&sortColumn=name&sortOrder=desc&limit=2&offset=1"
    answer = await service.request("GET", f"/bucket?{query}", service.service_role)
    assert [bucket["id"] for bucket in answer.json()] == [f"b-{mark}", f"a-{mark}"]


async def test_a_sort_column_that_does_not_exist_is_refused(service: Service) -> None:
    answer = await service.request("GET", "/bucket?sortColumn=secret", service.service_role)
    assert (answer.status_code, answer.json()["statusCode"]) == (400, "400")


async def test_emptying_deletes_all_objects_and_files(service: Service, bucket: str) -> None:
    for name in ("a.txt", "b/c.txt"):
        await service.admin.from_(bucket).upload(name, b"x")
    assert await service.admin.empty_bucket(bucket) == {"message": "Successfully emptied"}
    assert await service.admin.from_(bucket).list() == []
    assert not (service.folder / bucket).exists()


async def test_a_bucket_with_objects_cannot_be_deleted(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"x")
    with pytest.raises(StorageApiError, match="is not empty"):
        await service.admin.delete_bucket(bucket)
    assert await service.admin.from_(bucket).exists("a.txt")


async def test_an_empty_bucket_can_be_deleted(service: Service, bucket: str) -> None:
    assert await service.admin.delete_bucket(bucket) == {"message": "Successfully deleted"}
    with pytest.raises(StorageApiError, match="Bucket not found"):
        await service.admin.get_bucket(bucket)


@pytest.mark.parametrize("call", ["get_bucket", "empty_bucket", "delete_bucket"])
async def test_an_unknown_bucket_is_not_found(service: Service, call: str) -> None:
    with pytest.raises(StorageApiError) as refusal:
        await getattr(service.admin, call)("no-such-bucket")
    assert (refusal.value.status, refusal.value.code) == ("404", "Bucket not found")


async def test_an_update_of_an_unknown_bucket_is_not_found(service: Service) -> None:
    with pytest.raises(StorageApiError, match="Bucket not found"):
        await service.admin.update_bucket("no-such-bucket", {"public": True})


async def test_a_user_without_a_policy_cannot_create_a_bucket(service: Service, alice: Caller) -> None:
    with pytest.raises(StorageApiError) as refusal:
        await service.as_(alice).create_bucket(uuid.uuid4().hex)
    assert (refusal.value.status, refusal.value.code) == ("403", "Unauthorized")


async def test_a_user_without_a_policy_sees_no_bucket(service: Service, bucket: str, alice: Caller) -> None:
    assert bucket not in {found.id for found in await service.as_(alice).list_buckets()}
    with pytest.raises(StorageApiError, match="Bucket not found"):
        await service.as_(alice).get_bucket(bucket)


async def test_a_user_who_may_only_see_a_bucket_can_neither_change_nor_delete_it(
    service: Service, alice: Caller
) -> None:
    bucket = await service.new_bucket("read-only")
    with pytest.raises(StorageApiError, match="Bucket not found"):
        await service.as_(alice).update_bucket(bucket, {"public": True})
    with pytest.raises(StorageApiError, match="Bucket not found"):
        await service.as_(alice).delete_bucket(bucket)
    assert (await service.as_(alice).get_bucket(bucket)).public is False


async def test_emptying_is_refused_where_objects_may_be_seen_but_not_deleted(service: Service, alice: Caller) -> None:
    bucket = await service.new_bucket("read-only")
    await service.admin.from_(bucket).upload("a.txt", b"x")
    with pytest.raises(StorageApiError, match=r"Cannot delete: a\.txt, you may have SELECT but not DELETE"):
        await service.as_(alice).empty_bucket(bucket)
    assert await service.admin.from_(bucket).download("a.txt") == b"x"
