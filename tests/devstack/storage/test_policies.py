"""The project's own policies decide: two users with a folder each in one bucket, and half-open buckets."""

from collections.abc import AsyncIterator

import pytest
from storage3.exceptions import StorageApiError

from tests.fixtures.storage_service import Caller, Service


@pytest.fixture
async def path(service: Service, per_user_bucket: str, alice: Caller) -> str:
    """Alice's object, by Alice."""
    path = f"{alice.id}/a.txt"
    await service.as_(alice).from_(per_user_bucket).upload(path, b"alice's")
    return path


@pytest.fixture
async def unharmed(service: Service, per_user_bucket: str, path: str, alice: Caller) -> AsyncIterator[None]:
    """Whatever happens in the test, Alice's object stays as it was."""
    yield
    assert await service.as_(alice).from_(per_user_bucket).download(path) == b"alice's"
    assert len(service.files(per_user_bucket)) == 1


async def test_the_owner_of_a_folder_may_do_everything_in_it(
    service: Service, per_user_bucket: str, path: str, alice: Caller
) -> None:
    own = service.as_(alice).from_(per_user_bucket)
    await own.upload(path, b"new", {"upsert": "true"})
    await own.copy(path, f"{alice.id}/b.txt")
    await own.move(f"{alice.id}/b.txt", f"{alice.id}/c.txt")
    assert (await service.http.get(str((await own.create_signed_url(path, 60))["signedUrl"]))).content == b"new"
    assert [entry["name"] for entry in await own.list(alice.id)] == ["a.txt", "c.txt"]
    assert len(await own.remove([path, f"{alice.id}/c.txt"])) == 2


@pytest.mark.usefixtures("unharmed")
class TestAnotherUser:
    async def test_cannot_read(self, service: Service, per_user_bucket: str, path: str, bob: Caller) -> None:
        with pytest.raises(StorageApiError) as refusal:
            await service.as_(bob).from_(per_user_bucket).download(path)
        assert (refusal.value.status, refusal.value.message) == ("404", "Object not found")

    async def test_cannot_learn_that_it_exists(
        self, service: Service, per_user_bucket: str, path: str, bob: Caller
    ) -> None:
        assert not await service.as_(bob).from_(per_user_bucket).exists(path)

    async def test_cannot_list(self, service: Service, per_user_bucket: str, alice: Caller, bob: Caller) -> None:
        theirs = service.as_(bob).from_(per_user_bucket)
        assert await theirs.list() == []
        assert await theirs.list(alice.id) == []
        assert (await theirs.list_v2()).objects == []

    @pytest.mark.parametrize("options", [{}, {"upsert": "true"}])
    async def test_cannot_overwrite(
        self, service: Service, per_user_bucket: str, path: str, bob: Caller, options: dict[str, str]
    ) -> None:
        with pytest.raises(StorageApiError) as refusal:
            await service.as_(bob).from_(per_user_bucket).upload(path, b"bob's", options)  # type: ignore[arg-type]
        assert (refusal.value.status, refusal.value.code) == ("403", "Unauthorized")
        assert refusal.value.message == "new row violates row-level security policy"

    async def test_cannot_update(self, service: Service, per_user_bucket: str, path: str, bob: Caller) -> None:
        with pytest.raises(StorageApiError, match="row-level security"):
            await service.as_(bob).from_(per_user_bucket).update(path, b"bob's")

    async def test_cannot_sign(self, service: Service, per_user_bucket: str, path: str, bob: Caller) -> None:
        theirs = service.as_(bob).from_(per_user_bucket)
        with pytest.raises(StorageApiError, match="Object not found"):
            await theirs.create_signed_url(path, 60)
        assert [entry["signedURL"] for entry in await theirs.create_signed_urls([path], 60)] == [None]

    async def test_cannot_sign_an_upload(
        self, service: Service, per_user_bucket: str, alice: Caller, bob: Caller
    ) -> None:
        with pytest.raises(StorageApiError, match="row-level security"):
            await service.as_(bob).from_(per_user_bucket).create_signed_upload_url(f"{alice.id}/b.txt")

    async def test_cannot_delete(self, service: Service, per_user_bucket: str, path: str, bob: Caller) -> None:
        assert await service.as_(bob).from_(per_user_bucket).remove([path]) == []
        answer = await service.request("DELETE", f"/object/{per_user_bucket}/{path}", bob)
        assert answer.json()["message"] == "Object not found"

    async def test_cannot_copy_out(self, service: Service, per_user_bucket: str, path: str, bob: Caller) -> None:
        with pytest.raises(StorageApiError, match="Object not found"):
            await service.as_(bob).from_(per_user_bucket).copy(path, f"{bob.id}/a.txt")

    async def test_cannot_move_out(self, service: Service, per_user_bucket: str, path: str, bob: Caller) -> None:
        with pytest.raises(StorageApiError, match="Object not found"):
            await service.as_(bob).from_(per_user_bucket).move(path, f"{bob.id}/a.txt")

    async def test_cannot_be_given_an_object(
        self, service: Service, per_user_bucket: str, path: str, alice: Caller, bob: Caller
    ) -> None:
        own = service.as_(alice).from_(per_user_bucket)
        with pytest.raises(StorageApiError, match="row-level security"):
            await own.copy(path, f"{bob.id}/a.txt")
        with pytest.raises(StorageApiError, match="row-level security"):
            await own.move(path, f"{bob.id}/a.txt")

    async def test_is_passed_over_in_a_removal_of_both_users_objects(
        self, service: Service, per_user_bucket: str, path: str, bob: Caller
    ) -> None:
        theirs = service.as_(bob).from_(per_user_bucket)
        await theirs.upload(f"{bob.id}/b.txt", b"bob's")
        assert [row["name"] for row in await theirs.remove([path, f"{bob.id}/b.txt"])] == [f"{bob.id}/b.txt"]


async def test_an_anonymous_caller_may_do_nothing(service: Service, per_user_bucket: str, path: str) -> None:
    anonymous = service.as_(Caller("", service.keys.anon_key)).from_(per_user_bucket)
    assert await anonymous.list() == []
    with pytest.raises(StorageApiError, match="Object not found"):
        await anonymous.download(path)
    with pytest.raises(StorageApiError, match="row-level security"):
        await anonymous.upload("a.txt", b"x")


async def test_who_may_only_add_needs_not_see(service: Service, alice: Caller) -> None:
    bucket = await service.new_bucket("drop-box")
    await service.as_(alice).from_(bucket).upload("a.txt", b"x")
    assert not await service.as_(alice).from_(bucket).exists("a.txt")
    assert await service.admin.from_(bucket).download("a.txt") == b"x"


async def test_who_may_only_add_cannot_upsert(service: Service, alice: Caller) -> None:
    bucket = await service.new_bucket("drop-box")
    with pytest.raises(StorageApiError, match="row-level security"):
        await service.as_(alice).from_(bucket).upload("a.txt", b"x", {"upsert": "true"})


async def test_who_may_only_read_can_neither_change_nor_delete(service: Service, alice: Caller) -> None:
    bucket = await service.new_bucket("read-only")
    await service.admin.from_(bucket).upload("a.txt", b"x")
    reader = service.as_(alice).from_(bucket)
    assert await reader.download("a.txt") == b"x"
    assert await reader.remove(["a.txt"]) == []
    with pytest.raises(StorageApiError, match="Object not found"):
        await reader.move("a.txt", "b.txt")
    with pytest.raises(StorageApiError, match="row-level security"):
        await reader.copy("a.txt", "b.txt")


async def test_asking_what_one_may_do_leaves_no_trace(service: Service, per_user_bucket: str, alice: Caller) -> None:
    own = service.as_(alice).from_(per_user_bucket)
    await own.create_signed_upload_url(f"{alice.id}/a.txt")
    assert await own.list(alice.id) == []
