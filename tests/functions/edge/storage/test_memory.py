"""The double of the storage seam behaves as the real one, as far as tests lean on it."""

from functions.edge.storage import MemoryStorage, Storage


async def test_uploads_are_signed_by_path() -> None:
    storage: Storage = MemoryStorage()
    urls = await storage.sign_uploads("workspace-temp", ["a.png", "b.png"])
    assert urls == {path: f"https://storage.test/workspace-temp/{path}?upload" for path in ("a.png", "b.png")}


async def test_objects_that_are_not_there_get_no_download_url() -> None:
    storage = MemoryStorage()
    storage.objects.add(("workspace-temp", "a.png"))
    urls = await storage.sign_downloads("workspace-temp", ["a.png", "b.png"], 60)
    assert urls == {"a.png": "https://storage.test/workspace-temp/a.png?seconds=60"}


async def test_an_object_of_another_bucket_is_not_there() -> None:
    storage = MemoryStorage()
    storage.objects.add(("user-library", "a.png"))
    assert await storage.sign_downloads("workspace-temp", ["a.png"], 60) == {}


async def test_removed_objects_are_gone_and_removing_again_is_no_error() -> None:
    storage = MemoryStorage()
    storage.objects.update({("workspace-temp", "a.png"), ("workspace-temp", "b.png")})
    await storage.remove("workspace-temp", ["a.png"])
    await storage.remove("workspace-temp", ["a.png"])
    assert storage.objects == {("workspace-temp", "b.png")}


async def test_a_copy_lies_beside_its_source() -> None:
    storage = MemoryStorage()
    storage.objects.add(("workspace-temp", "a.png"))
    assert await storage.copy("workspace-temp", "a.png", "user-library", "b.png") is True
    assert storage.objects == {("workspace-temp", "a.png"), ("user-library", "b.png")}


async def test_what_is_not_there_is_not_copied() -> None:
    storage = MemoryStorage()
    assert await storage.copy("workspace-temp", "a.png", "user-library", "b.png") is False
    assert storage.objects == set()


async def test_an_upload_is_there_with_its_bytes_until_it_is_replaced() -> None:
    storage = MemoryStorage()
    for data in (b"first", b"second"):
        await storage.upload("user-library", "a.png", data, "image/png")
    assert storage.uploaded == {("user-library", "a.png"): (b"second", "image/png")}
    assert list(await storage.sign_downloads("user-library", ["a.png"], 60)) == ["a.png"]


async def test_closed_it_holds_nothing() -> None:
    storage = MemoryStorage()
    storage.objects.add(("workspace-temp", "a.png"))
    await storage.aclose()
    assert storage.objects == set()
