"""Info, exists, copy, move and remove."""

import uuid

import asyncpg
import pytest
from storage3.exceptions import StorageApiError

from devstack.postgres import Cluster
from tests.fixtures.storage_service import Service


@pytest.fixture
async def other_bucket(service: Service) -> str:
    return await service.new_bucket()


async def test_info_describes_the_object(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a/b.png", b"hello", {"content-type": "image/png", "metadata": {"x": 1}})
    info = await service.admin.from_(bucket).info("a/b.png")
    assert uuid.UUID(info.pop("id"))
    assert uuid.UUID(info.pop("version"))
    assert info.pop("created_at").endswith("Z")
    assert info.pop("last_modified").endswith("Z")
    assert info == {
        "name": "a/b.png",
        "bucket_id": bucket,
        "size": 5,
        "content_type": "image/png",
        "cache_control": "max-age=3600",
        "etag": '"5d41402abc4b2a76b9719d911017c592"',
        "metadata": {"x": 1},
    }


async def test_a_row_made_by_sql_has_an_info_without_measures(service: Service, bucket: str, cluster: Cluster) -> None:
    connection = await asyncpg.connect(cluster.url("postgres"))
    await connection.execute("insert into storage.objects (bucket_id, name) values ($1, 'a.txt')", bucket)
    await connection.close()
    info = await service.admin.from_(bucket).info("a.txt")
    assert (info["size"], info["version"], info["metadata"]) == (None, None, None)
    with pytest.raises(StorageApiError, match="Object not found"):
        await service.admin.from_(bucket).download("a.txt")
    assert [row["name"] for row in await service.admin.from_(bucket).remove(["a.txt"])] == ["a.txt"]


async def test_info_of_nothing_is_not_found(service: Service, bucket: str) -> None:
    answer = await service.request("GET", f"/object/info/{bucket}/nothing", service.service_role)
    assert answer.status_code == 400
    assert answer.json() == {"statusCode": "404", "error": "not_found", "message": "Object not found"}


async def test_exists_tells_what_exists(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"x")
    assert await service.admin.from_(bucket).exists("a.txt")
    assert not await service.admin.from_(bucket).exists("b.txt")


async def test_a_copy_is_an_object_of_its_own(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"hello", {"metadata": {"x": 1}, "cache-control": "60"})
    answer = await service.admin.from_(bucket).copy("a.txt", "deep/b.txt")
    source, copy = [await service.admin.from_(bucket).info(name) for name in ("a.txt", "deep/b.txt")]
    assert (answer["Key"], answer["Id"]) == (f"{bucket}/deep/b.txt", copy["id"])
    assert copy["id"] != source["id"]
    assert copy["version"] != source["version"]
    same = ("size", "etag", "content_type", "cache_control", "metadata")
    assert [copy[field] for field in same] == [source[field] for field in same]
    await service.admin.from_(bucket).remove(["a.txt"])
    assert await service.admin.from_(bucket).download("deep/b.txt") == b"hello"


async def test_a_copy_can_go_into_another_bucket(service: Service, bucket: str, other_bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"hello")
    body = {"bucketId": bucket, "sourceKey": "a.txt", "destinationBucket": other_bucket, "destinationKey": "b.txt"}
    answer = await service.request("POST", "/object/copy", service.service_role, json=body)
    assert answer.json()["Key"] == f"{other_bucket}/b.txt"
    assert await service.admin.from_(other_bucket).download("b.txt") == b"hello"


async def test_a_copy_onto_an_object_is_a_duplicate(service: Service, bucket: str) -> None:
    for name in ("a.txt", "b.txt"):
        await service.admin.from_(bucket).upload(name, name.encode())
    with pytest.raises(StorageApiError, match="already exists"):
        await service.admin.from_(bucket).copy("a.txt", "b.txt")
    assert await service.admin.from_(bucket).download("b.txt") == b"b.txt"
    assert len(service.files(bucket)) == 2


async def test_a_copy_with_upsert_replaces(service: Service, bucket: str) -> None:
    for name in ("a.txt", "b.txt"):
        await service.admin.from_(bucket).upload(name, name.encode())
    body = {"bucketId": bucket, "sourceKey": "a.txt", "destinationKey": "b.txt"}
    await service.request("POST", "/object/copy", service.service_role, json=body, headers={"x-upsert": "true"})
    assert await service.admin.from_(bucket).download("b.txt") == b"a.txt"
    assert len(service.files(bucket)) == 2


async def test_a_copy_of_nothing_is_not_found(service: Service, bucket: str) -> None:
    with pytest.raises(StorageApiError, match="Object not found"):
        await service.admin.from_(bucket).copy("nothing", "b.txt")


async def test_a_move_keeps_the_object_under_its_new_name(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a/a.txt", b"hello", {"content-type": "text/css"})
    before = await service.admin.from_(bucket).info("a/a.txt")
    answer = await service.admin.from_(bucket).move("a/a.txt", "b/b.txt")
    after = await service.admin.from_(bucket).info("b/b.txt")
    assert answer == {"message": "Successfully moved", "Id": before["id"], "Key": "b/b.txt"}
    assert (after["id"], after["content_type"]) == (before["id"], "text/css")
    assert await service.admin.from_(bucket).download("b/b.txt") == b"hello"
    assert not await service.admin.from_(bucket).exists("a/a.txt")
    assert len(service.files(bucket)) == 1


async def test_a_move_can_go_into_another_bucket(service: Service, bucket: str, other_bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"hello")
    body = {"bucketId": bucket, "sourceKey": "a.txt", "destinationBucket": other_bucket, "destinationKey": "a.txt"}
    assert (await service.request("POST", "/object/move", service.service_role, json=body)).status_code == 200
    assert await service.admin.from_(other_bucket).download("a.txt") == b"hello"
    assert not (service.folder / bucket).exists()


async def test_a_move_onto_an_object_is_a_duplicate(service: Service, bucket: str) -> None:
    for name in ("a.txt", "b.txt"):
        await service.admin.from_(bucket).upload(name, name.encode())
    with pytest.raises(StorageApiError, match="already exists"):
        await service.admin.from_(bucket).move("a.txt", "b.txt")
    assert [await service.admin.from_(bucket).download(name) for name in ("a.txt", "b.txt")] == [b"a.txt", b"b.txt"]


async def test_a_move_to_where_it_is_changes_nothing(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"hello")
    before = await service.admin.from_(bucket).info("a.txt")
    await service.admin.from_(bucket).move("a.txt", "a.txt")
    assert await service.admin.from_(bucket).info("a.txt") == before


async def test_a_move_of_nothing_is_not_found(service: Service, bucket: str) -> None:
    with pytest.raises(StorageApiError, match="Object not found"):
        await service.admin.from_(bucket).move("nothing", "b.txt")


@pytest.mark.parametrize("call", ["copy", "move"])
async def test_a_target_that_is_no_key_is_refused(service: Service, bucket: str, call: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"x")
    with pytest.raises(StorageApiError, match="Invalid key"):
        await getattr(service.admin.from_(bucket), call)("a.txt", "../b.txt")


@pytest.mark.parametrize("call", ["copy", "move"])
async def test_an_unknown_target_bucket_is_not_found(service: Service, bucket: str, call: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"x")
    body = {"bucketId": bucket, "sourceKey": "a.txt", "destinationBucket": "none", "destinationKey": "b.txt"}
    answer = await service.request("POST", f"/object/{call}", service.service_role, json=body)
    assert answer.json()["statusCode"] == "404"
    assert await service.admin.from_(bucket).download("a.txt") == b"x"


@pytest.mark.parametrize("call", ["copy", "move"])
async def test_a_body_without_a_source_is_refused(service: Service, call: str) -> None:
    answer = await service.request("POST", f"/object/{call}", service.service_role, json={"bucketId": "b"})
    assert answer.status_code == 400
    assert answer.json() == {"statusCode": "400", "error": "Error", "message": "body/sourceKey: Field required"}


async def test_remove_deletes_rows_and_files_and_returns_what_it_deleted(service: Service, bucket: str) -> None:
    for name in ("a.txt", "b/c.txt", "kept.txt"):
        await service.admin.from_(bucket).upload(name, b"x")
    removed = await service.admin.from_(bucket).remove(["a.txt", "b/c.txt", "missing.txt"])
    assert {row["name"] for row in removed} == {"a.txt", "b/c.txt"}
    assert {row["bucket_id"] for row in removed} == {bucket}
    assert [path.parent.name for path in service.files(bucket)] == ["kept.txt"]


async def test_removing_twice_deletes_nothing_more(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"x")
    await service.admin.from_(bucket).remove(["a.txt"])
    assert await service.admin.from_(bucket).remove(["a.txt"]) == []


async def test_remove_takes_names_not_prefixes(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a/b.txt", b"x")
    assert await service.admin.from_(bucket).remove(["a", "a/", "a/%"]) == []


async def test_removing_no_names_is_refused(service: Service, bucket: str) -> None:
    with pytest.raises(StorageApiError, match="body/prefixes"):
        await service.admin.from_(bucket).remove([])


async def test_one_object_can_be_deleted_by_its_path(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a/b.txt", b"x")
    answer = await service.request("DELETE", f"/object/{bucket}/a/b.txt", service.service_role)
    assert answer.json() == {"message": "Successfully deleted"}
    assert not (service.folder / bucket).exists()
    again = await service.request("DELETE", f"/object/{bucket}/a/b.txt", service.service_role)
    assert again.json()["statusCode"] == "404"
