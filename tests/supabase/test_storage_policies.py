"""The three buckets through the gateway's Storage API (P6): whose objects, and who may put what where."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from storage3 import AsyncStorageClient
from storage3.exceptions import StorageApiError

from devstack.project import Project
from tests.fixtures.limits import limits
from tests.fixtures.users import User

BUCKETS = ["workspace-temp", "user-library", "reference_images"]
SERVED = ["workspace-temp", "user-library"]
"""Only the service puts objects there."""
PNG: dict[str, Any] = {"content-type": "image/png"}

StorageOf = Callable[[dict[str, str]], AsyncStorageClient]
"""From the headers that say who calls."""


@dataclass(frozen=True)
class Owner:
    """A user and what Storage gives them."""

    user: User
    storage: AsyncStorageClient

    def path(self) -> str:
        return f"{self.user.id}/{uuid4()}.png"

    async def upload(self, bucket: str, path: str, content: bytes = b"bytes", **options: str) -> None:
        await self.storage.from_(bucket).upload(path, content, {**PNG, **options})  # type: ignore[typeddict-item]

    async def sees(self, bucket: str, path: str) -> bool:
        """By every way to see an object, which must agree."""
        objects = self.storage.from_(bucket)
        folder, name = path.split("/")
        listed = name in [entry["name"] for entry in await objects.list(folder)]
        (signed,) = await objects.create_signed_urls([path], 60)
        answers = {listed, await objects.exists(path), signed["signedURL"] is not None}
        assert len(answers) == 1
        return answers.pop()


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def storage_of(project: Project, http: httpx.AsyncClient) -> StorageOf:
    def storage_of(headers: dict[str, str]) -> AsyncStorageClient:
        keyed = {"apikey": project.keys.publishable_key, **headers}
        return AsyncStorageClient(f"{project.url}/storage/v1/", keyed, http_client=http)

    return storage_of


@pytest.fixture(scope="module")
def service(project: Project, storage_of: StorageOf) -> AsyncStorageClient:
    return storage_of({"apikey": project.keys.secret_key})


@pytest.fixture(scope="module")
def alice(new_user: Callable[[], User], storage_of: StorageOf) -> Owner:
    user = new_user()
    return Owner(user, storage_of(user.headers))


@pytest.fixture(scope="module")
def bob(new_user: Callable[[], User], storage_of: StorageOf) -> Owner:
    user = new_user()
    return Owner(user, storage_of(user.headers))


@pytest.fixture
async def delivered(service: AsyncStorageClient, alice: Owner) -> str:
    """A path of Alice's in every bucket; in the workspace a job has delivered it and is not completed."""
    path = alice.path()
    for bucket in BUCKETS:
        await service.from_(bucket).upload(path, b"alice's", PNG)  # type: ignore[arg-type]
    return path


@pytest.fixture
async def path(delivered: str, alice: Owner, owner: Any) -> str:
    """The same, of a completed job."""
    job_id = await owner.fetchval(
        """
        insert into jobs (
            user_id, job_type, queue, format, quality, model_type, original_prompt, output_type, output_byte_limit,
            status, completed_at
        ) values ($1, 'sdxl_image_fast', 'sdxl_queue', 'image', 'fast', 'sdxl', 'x', 'image/png', 1, 'completed', now())
        returning id
        """,
        UUID(alice.user.id),
    )
    await owner.execute(
        """
        insert into workspace_assets (
            user_id, job_id, asset_type, temp_storage_path, file_size_bytes, mime_type, original_prompt, model_used
        ) values ($1, $2, 'image', $3, 7, 'image/png', 'x', 'sdxl')
        """,
        UUID(alice.user.id),
        job_id,
        delivered,
    )
    return delivered


async def test_what_a_job_delivers_is_its_user_s_once_it_is_completed(alice: Owner, delivered: str) -> None:
    """P3: else a job is downloaded, cancelled and paid back; or its pictures are deleted, and it fails and is."""
    assert not await alice.sees("workspace-temp", delivered)
    assert await alice.storage.from_("workspace-temp").remove([delivered]) == []


@pytest.mark.parametrize("bucket", BUCKETS)
class TestInEveryBucket:
    async def test_users_read_their_own_objects(self, alice: Owner, path: str, bucket: str) -> None:
        assert await alice.sees(bucket, path)
        assert await alice.storage.from_(bucket).download(path) == b"alice's"

    async def test_users_delete_their_own_objects(self, alice: Owner, path: str, bucket: str) -> None:
        assert [row["name"] for row in await alice.storage.from_(bucket).remove([path])] == [path]
        assert not await alice.sees(bucket, path)

    async def test_another_s_objects_are_not_seen(self, bob: Owner, path: str, bucket: str) -> None:
        assert not await bob.sees(bucket, path)
        with pytest.raises(StorageApiError, match="Object not found"):
            await bob.storage.from_(bucket).download(path)

    async def test_another_s_objects_are_not_deleted(self, alice: Owner, bob: Owner, path: str, bucket: str) -> None:
        """S17, P6"""
        assert await bob.storage.from_(bucket).remove([path]) == []
        assert await alice.sees(bucket, path)

    async def test_another_s_objects_are_not_copied_or_moved(
        self, alice: Owner, bob: Owner, path: str, bucket: str
    ) -> None:
        for move in (bob.storage.from_(bucket).copy, bob.storage.from_(bucket).move):
            with pytest.raises(StorageApiError, match="Object not found"):
                await move(path, bob.path())
        assert await alice.sees(bucket, path)

    async def test_nothing_is_put_into_another_s_folder(self, alice: Owner, bob: Owner, bucket: str) -> None:
        """S17, P6"""
        path = alice.path()
        with pytest.raises(StorageApiError, match="row-level security"):
            await bob.upload(bucket, path)
        with pytest.raises(StorageApiError, match="row-level security"):
            await bob.storage.from_(bucket).create_signed_upload_url(path)
        assert not await alice.sees(bucket, path)

    async def test_nothing_is_put_beside_the_folders(self, bob: Owner, bucket: str) -> None:
        with pytest.raises(StorageApiError, match="row-level security"):
            await bob.upload(bucket, f"{bob.user.id}.png")

    async def test_who_is_not_signed_in_does_nothing(self, storage_of: StorageOf, path: str, bucket: str) -> None:
        objects = storage_of({}).from_(bucket)
        assert await objects.list() == []
        assert await objects.remove([path]) == []
        with pytest.raises(StorageApiError, match="Object not found"):
            await objects.download(path)
        with pytest.raises(StorageApiError, match="row-level security"):
            await objects.upload(f"{uuid4()}/a.png", b"bytes", PNG)  # type: ignore[arg-type]

    async def test_nothing_is_public(self, project: Project, http: httpx.AsyncClient, path: str, bucket: str) -> None:
        answer = await http.get(f"{project.url}/storage/v1/object/public/{bucket}/{path}")
        assert answer.status_code in (400, 404)
        assert answer.content != b"alice's"


@pytest.mark.parametrize("bucket", SERVED)
class TestWhereOnlyTheServicePuts:
    async def test_users_upload_nothing_into_their_own_folder(self, alice: Owner, bucket: str) -> None:
        with pytest.raises(StorageApiError, match="row-level security"):
            await alice.upload(bucket, alice.path())
        with pytest.raises(StorageApiError, match="row-level security"):
            await alice.storage.from_(bucket).create_signed_upload_url(alice.path())

    async def test_users_do_not_replace_what_is_there(self, alice: Owner, path: str, bucket: str) -> None:
        """P9: what the workers made stays what they made."""
        with pytest.raises(StorageApiError, match="row-level security"):
            await alice.upload(bucket, path, upsert="true")
        with pytest.raises(StorageApiError):
            await alice.storage.from_(bucket).update(path, b"mine", PNG)  # type: ignore[arg-type]
        assert await alice.storage.from_(bucket).download(path) == b"alice's"

    async def test_users_do_not_move_or_copy_within_it(self, alice: Owner, path: str, bucket: str) -> None:
        for move in (alice.storage.from_(bucket).copy, alice.storage.from_(bucket).move):
            with pytest.raises(StorageApiError):
                await move(path, alice.path())
        assert await alice.sees(bucket, path)

    @pytest.mark.parametrize("way", ["copy", "move"])
    async def test_users_do_not_bring_their_references_there(
        self, project: Project, http: httpx.AsyncClient, alice: Owner, bucket: str, way: str
    ) -> None:
        source, target = alice.path(), alice.path()
        await alice.upload("reference_images", source)
        answer = await http.post(
            f"{project.url}/storage/v1/object/{way}",
            json={
                "bucketId": "reference_images",
                "sourceKey": source,
                "destinationBucket": bucket,
                "destinationKey": target,
            },
            headers={"apikey": project.keys.publishable_key, **alice.user.headers},
        )
        assert "row-level security" in answer.json()["message"]
        assert not await alice.sees(bucket, target)


class TestReferences:
    async def test_users_upload_into_their_own_folder(self, alice: Owner, bob: Owner) -> None:
        path = alice.path()
        await alice.upload("reference_images", path)
        assert await alice.sees("reference_images", path)
        assert not await bob.sees("reference_images", path)

    async def test_users_replace_their_own(self, alice: Owner, path: str) -> None:
        await alice.upload("reference_images", path, b"newer", upsert="true")
        assert await alice.storage.from_("reference_images").download(path) == b"newer"

    async def test_a_full_store_takes_no_more_and_no_larger(self, owner: Any, alice: Owner, path: str) -> None:
        async with limits(owner, reference_store_bytes=1):
            for upsert in ("true", "false"):
                with pytest.raises(StorageApiError, match="row-level security"):
                    await alice.upload("reference_images", alice.path() if upsert == "false" else path, upsert=upsert)
        assert await alice.storage.from_("reference_images").download(path) == b"alice's"

    async def test_nobody_replaces_another_s(self, alice: Owner, bob: Owner, path: str) -> None:
        with pytest.raises(StorageApiError):
            await bob.upload("reference_images", path, b"bob's", upsert="true")
        assert await alice.storage.from_("reference_images").download(path) == b"alice's"

    async def test_nobody_moves_their_own_to_another(self, alice: Owner, bob: Owner, path: str) -> None:
        with pytest.raises(StorageApiError):
            await alice.storage.from_("reference_images").move(path, bob.path())
        assert await alice.sees("reference_images", path)
