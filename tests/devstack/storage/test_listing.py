"""Folders, pages, order."""

from typing import Any

import pytest
from storage3.exceptions import StorageApiError
from storage3.types import SearchV2Result

from tests.fixtures.storage_service import Service

NAMES = ["Zebra.txt", "apple.txt", "photos/cat.png", "photos/dog.png", "photos/2026/may.png", "videos/a.mp4"]


@pytest.fixture
async def tree(service: Service, bucket: str) -> str:
    for name in NAMES:
        await service.admin.from_(bucket).upload(name, b"x")
    return bucket


async def listed(service: Service, bucket: str, prefix: str = "", **options: Any) -> list[str]:
    return [entry["name"] for entry in await service.admin.from_(bucket).list(prefix, options)]  # type: ignore[arg-type]


async def paged(service: Service, bucket: str, **options: Any) -> SearchV2Result:
    return await service.admin.from_(bucket).list_v2(options)  # type: ignore[arg-type]


async def test_the_root_shows_files_and_folders_by_name(service: Service, tree: str) -> None:
    assert await listed(service, tree) == ["apple.txt", "photos", "videos", "Zebra.txt"]


async def test_a_file_comes_with_its_metadata(service: Service, tree: str) -> None:
    (entry,) = await service.admin.from_(tree).list("videos")
    info = await service.admin.from_(tree).info("videos/a.mp4")
    assert set(entry) == {"name", "id", "created_at", "updated_at", "last_accessed_at", "metadata"}
    assert (entry["name"], entry["id"], entry["metadata"]["size"]) == ("a.mp4", info["id"], 1)
    assert entry["created_at"].endswith("Z")


async def test_a_folder_is_an_entry_without_id(service: Service, tree: str) -> None:
    folder = (await service.admin.from_(tree).list())[1]
    assert folder == {
        "name": "photos",
        "id": None,
        "created_at": None,
        "updated_at": None,
        "last_accessed_at": None,
        "metadata": None,
    }


@pytest.mark.parametrize("prefix", ["photos", "photos/"])
async def test_a_folder_shows_what_is_directly_in_it(service: Service, tree: str, prefix: str) -> None:
    assert await listed(service, tree, prefix) == ["2026", "cat.png", "dog.png"]


async def test_a_prefix_is_a_folder_not_a_beginning(service: Service, tree: str) -> None:
    assert await listed(service, tree, "photo") == []


async def test_search_is_the_beginning_of_a_name_in_any_case(service: Service, tree: str) -> None:
    assert await listed(service, tree, "photos", search="CA") == ["cat.png"]
    assert await listed(service, tree, search="p") == ["photos"]


async def test_search_knows_no_wildcards(service: Service, tree: str) -> None:
    assert await listed(service, tree, search="%") == []


async def test_limit_and_offset_cut_the_list(service: Service, tree: str) -> None:
    assert await listed(service, tree, limit=2) == ["apple.txt", "photos"]
    assert await listed(service, tree, limit=2, offset=2) == ["videos", "Zebra.txt"]


async def test_the_order_can_be_turned(service: Service, tree: str) -> None:
    assert await listed(service, tree, sortBy={"order": "desc"}) == ["Zebra.txt", "videos", "photos", "apple.txt"]


async def test_by_date_folders_come_first(service: Service, tree: str) -> None:
    by_date = {"column": "created_at", "order": "desc"}
    assert await listed(service, tree, sortBy=by_date) == ["videos", "photos", "apple.txt", "Zebra.txt"]


async def test_an_unknown_bucket_is_empty(service: Service) -> None:
    assert await listed(service, "no-such-bucket") == []


@pytest.mark.parametrize("options", [{"limit": 0}, {"offset": -1}, {"sortBy": {"column": "id; drop table x"}}])
async def test_options_out_of_range_are_refused(service: Service, bucket: str, options: dict[str, Any]) -> None:
    with pytest.raises(StorageApiError, match="body/"):
        await listed(service, bucket, **options)


async def test_a_page_shows_all_names_under_a_prefix(service: Service, tree: str) -> None:
    page = await paged(service, tree, prefix="photos/")
    assert [entry.name for entry in page.objects] == ["photos/2026/may.png", "photos/cat.png", "photos/dog.png"]
    assert (page.hasNext, page.nextCursor, page.folders) == (False, None, [])


async def test_a_delimiter_gathers_folders(service: Service, tree: str) -> None:
    page = await paged(service, tree, prefix="photos/", with_delimiter=True)
    assert [entry.name for entry in page.objects] == ["photos/cat.png", "photos/dog.png"]
    assert [entry.name for entry in page.folders] == ["photos/2026/"]


async def test_a_page_s_prefix_is_the_beginning_of_a_name(service: Service, tree: str) -> None:
    page = await paged(service, tree, prefix="photos/c", with_delimiter=True)
    assert [entry.name for entry in page.objects] == ["photos/cat.png"]


@pytest.mark.parametrize("with_delimiter", [False, True])
@pytest.mark.parametrize("column", ["name", "created_at", "updated_at"])
@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_pages_follow_one_another_without_gap_or_repetition(
    service: Service, tree: str, column: str, order: str, with_delimiter: bool
) -> None:
    await service.admin.from_(tree).update("apple.txt", b"newer")
    options = {"with_delimiter": with_delimiter, "sortBy": {"column": column, "order": order}}
    whole = await paged(service, tree, **options)
    objects: list[str] = []
    folders: list[str] = []
    page = await paged(service, tree, **options, limit=2)
    while True:
        assert len(page.objects) + len(page.folders) <= 2
        objects += [entry.name for entry in page.objects]
        folders += [entry.name for entry in page.folders]
        if not page.hasNext:
            break
        page = await paged(service, tree, **options, limit=2, cursor=page.nextCursor)
    assert objects == [entry.name for entry in whole.objects]
    assert folders == [entry.name for entry in whole.folders]
    assert len(objects) + len(folders) == (4 if with_delimiter else len(NAMES))


async def test_pages_are_ordered_by_their_column(service: Service, tree: str) -> None:
    await service.admin.from_(tree).update("apple.txt", b"newer")
    by_update = await paged(service, tree, sortBy={"column": "updated_at", "order": "desc"})
    by_name = await paged(service, tree, sortBy={"column": "name", "order": "asc"})
    assert by_update.objects[0].name == "apple.txt"
    assert [entry.name for entry in by_name.objects] == sorted(NAMES)


@pytest.mark.parametrize("cursor", ["nonsense", "WzFd", "bm90IGpzb24="])
async def test_a_cursor_of_one_s_own_making_is_refused(service: Service, bucket: str, cursor: str) -> None:
    with pytest.raises(StorageApiError, match="cursor"):
        await paged(service, bucket, cursor=cursor)
