"""The folder of objects, without a server."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.storage.errors import StorageError
from devstack.storage.files import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@given(parts=st.tuples(*[st.text(alphabet="ab./\\%~ é")] * 3))
def test_nothing_a_row_may_say_leads_out_of_the_folder(parts: tuple[str, str, str]) -> None:
    try:
        path = Files(Path("/objects")).path(*parts)
    except StorageError:
        assert ".." in "/".join(parts)
        return
    assert path.is_relative_to("/objects")
    assert ".." not in path.parts


@pytest.mark.parametrize(
    "parts", [("..", "a", "v1"), ("b", "../../a", "v1"), ("b", "a", ".."), ("b", "a", "/../../etc"), ("b/..", "a", "v")]
)
def test_a_way_up_is_refused(files: Files, parts: tuple[str, str, str]) -> None:
    with pytest.raises(StorageError, match="Invalid key"):
        files.path(*parts)


def test_a_slash_in_front_counts_for_nothing(files: Files, tmp_path: Path) -> None:
    assert files.path("/b", "/etc/passwd", "/v1") == tmp_path / "b/etc/passwd/v1"


async def test_a_file_is_counted_and_hashed_as_it_is_written(files: Files, tmp_path: Path) -> None:
    async with files.create("b", "a/x.txt", "v1", max_bytes=None) as file:
        await file.write(b"hel")
        await file.write(b"lo")
        assert (tmp_path / "b/a/x.txt/v1").read_bytes() == b"hello"
    assert (file.size, file.etag) == (5, '"5d41402abc4b2a76b9719d911017c592"')


async def test_a_failure_while_writing_leaves_nothing(files: Files, tmp_path: Path) -> None:
    async def break_off() -> None:
        async with files.create("b", "a/x.txt", "v1", max_bytes=None) as file:
            await file.write(b"hello")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await break_off()
    assert below(tmp_path) == []


async def test_no_byte_is_written_past_the_limit(files: Files, tmp_path: Path) -> None:
    async with files.create("b", "x", "v1", max_bytes=4) as file:
        await file.write(b"hell")
        with pytest.raises(StorageError, match="exceeded"):
            await file.write(b"o")
        assert (tmp_path / "b/x/v1").read_bytes() == b"hell"


async def test_a_copy_has_the_same_bytes(files: Files, tmp_path: Path) -> None:
    async with files.create("b", "x", "v1", max_bytes=None) as file:
        await file.write(b"hello")
    async with files.copy(files.path("b", "x", "v1"), "c", "y", "v2"):
        assert (tmp_path / "c/y/v2").read_bytes() == b"hello"
    assert (tmp_path / "c/y/v2").exists()


async def test_a_copy_of_nothing_leaves_nothing(files: Files, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="not found"):
        async with files.copy(files.path("b", "x", "v1"), "c", "y", "v2"):
            pass
    assert below(tmp_path) == []


async def test_removing_tidies_empty_folders_and_no_others(files: Files, tmp_path: Path) -> None:
    for name in ("a/b/x", "a/y"):
        async with files.create("b", name, "v1", max_bytes=None):
            pass
    files.remove("b", "a/b/x", "v1")
    assert below(tmp_path) == ["b", "b/a", "b/a/y", "b/a/y/v1"]


def test_removing_what_is_not_there_is_no_error(files: Files) -> None:
    files.remove("b", "x", "v1")
    files.remove("b", "x", None)


async def test_an_object_below_another_object_s_version_is_refused(files: Files, tmp_path: Path) -> None:
    async with files.create("b", "x", "v1", max_bytes=None):
        pass
    with pytest.raises(StorageError, match="Invalid key"):
        async with files.create("b", "x/v1/y", "v2", max_bytes=None):
            pass
    assert (tmp_path / "b/x/v1").is_file()


async def test_an_object_and_a_folder_may_share_a_name(files: Files, tmp_path: Path) -> None:
    for name in ("x", "x/y"):
        async with files.create("b", name, "v1", max_bytes=None):
            pass
    files.remove("b", "x", "v1")
    assert (tmp_path / "b/x/y/v1").is_file()
